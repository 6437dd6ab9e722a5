"""A backup that could not be made: why, and what to do, in words for letters and for the desk in Slack."""

from bridges.texts import Texts


def unsaved(folder: str, reason: str, last: str, t: Texts) -> tuple[str, str]:
    """Two paragraphs: what happened, and the one thing to do.

    `reason`: full, denied, missing, damaged, or what the machine said. `last`: when the last good one was made, "" for never.
    """
    known = {
        "full": (
            t.t("the disk is full"),
            t.t(
                "Make room where {folder} is: for a moment a backup needs three times what the database does.",
                folder=folder,
            ),
        ),
        "denied": (
            t.t("Brygga may not write in {folder}", folder=folder),
            t.t("Let the user that Brygga runs as own that folder, or name another in the settings."),
        ),
        "missing": (
            t.t("what {folder} lies in is not there", folder=folder),
            t.t("See that the disk is mounted, or name another folder in the settings."),
        ),
        "damaged": (
            t.t("it did not come back whole when it was restored as a trial"),
            t.t('The log has more: look for "backup.failed" on the machine that Brygga runs on.'),
        ),
    }
    why, cure = known.get(reason, (reason.rstrip("."), known["damaged"][1]))
    good = t.t("The last good one was made {when}.", when=last) if last else t.t("There is no earlier one.")
    return (
        f"{t.t('No backup was made: {why}.', why=why)} {good}",
        f"{cure} {t.t('Brygga tries again every hour.')}",
    )
