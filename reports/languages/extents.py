"""How much of what there is a figure shows, in words."""

from zhasyl.text.language import _, ngettext


def approaches_shown(shown: int, known: int) -> str:
    """'All 8 approaches are shown.'"""
    if shown == known:
        return ngettext("There is one approach.", "All {n} approaches are shown.", known)
    return _("The {shown} of {known} approaches with the longest mean queue are shown.", shown=shown, known=known)


def signals_shown(shown: int, known: int) -> str:
    """'All 4 signals are shown.'"""
    if shown == known:
        return ngettext("There is one signal.", "All {n} signals are shown.", known)
    return _("The {shown} of {known} signals with the longest mean queue are shown.", shown=shown, known=known)
