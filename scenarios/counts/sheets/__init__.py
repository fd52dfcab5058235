"""How count sheets are laid out: one recogniser a module, all of which answer the same rows of counts."""
