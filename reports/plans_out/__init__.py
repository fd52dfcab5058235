"""Plans that leave, as files: files → sheet, the page for who types a plan into a controller: groups, bar."""
