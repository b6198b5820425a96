"""Sentences about files for the person who shared them: what is wrong, and what to do."""

from portal.core.errors import N_

# By `uploads.problems`: why a file was not read. The file itself is kept and can be downloaded.
PROBLEM_SENTENCES = {
    "empty": N_("The file is empty: it has no content at all."),
    "unsafe": N_("This file is built in a way that could harm whoever opens it, so it was not read."),
    "encrypted": N_(
        "This file is protected by a password, so its text could not be read. Save it without one."
    ),
    "broken": N_(
        "This file is damaged or incomplete, so it could not be read. Try to save and upload it again."
    ),
    "too_large": N_(
        "This file unpacks to more than can be read. It can be downloaded, but not searched inside."
    ),
    "no_text": N_("There is no text in this file: it is perhaps a scan. It can be found by its description."),
    "too_slow": N_("Reading this file took too long. It can be downloaded, but not searched inside."),
    "unsupported": N_("The text of this kind of file cannot be read. It can be found by its description."),
    "not_what_it_says": N_("The content is not what the name of this file says, so it was not read."),
}
ANY_PROBLEM = N_("This file could not be read. It can be downloaded, but not searched inside.")

UNIT_NAMES = {
    "page": N_("Page %(number)s"),
    "slide": N_("Slide %(number)s"),
    "sheet": N_("Sheet %(number)s"),
    "section": N_("Section %(number)s"),
}

# What kinds of file are called comes from `uploads`, which knows no languages: here those words that are no
# product's own name are marked for the catalogues.
KIND_NAMES = frozenset(
    (
        N_("Word with macros"),
        N_("PowerPoint with macros"),
        N_("Excel with macros"),
        N_("OpenDocument text"),
        N_("OpenDocument slides"),
        N_("OpenDocument sheet"),
        N_("Rich text"),
        N_("Web page"),
        N_("EPUB book"),
        N_("Text"),
        N_("Table (CSV)"),
        N_("Office file with a password"),
        N_("Outlook message"),
        N_("PNG picture"),
        N_("JPEG picture"),
        N_("GIF picture"),
        N_("WebP picture"),
        N_("TIFF picture"),
        N_("HEIC picture"),
        N_("SVG drawing"),
        N_("Video (MP4)"),
        N_("Video (WebM)"),
        N_("Sound (MP3)"),
        N_("Sound (WAV)"),
        N_("Sound (Ogg)"),
        N_("Zip archive"),
        N_("Program"),
        N_("File"),
    )
)


def problem_sentence(problem: str) -> str:
    return PROBLEM_SENTENCES.get(problem, ANY_PROBLEM)


def unit_name(unit: str) -> str:
    return UNIT_NAMES.get(unit, UNIT_NAMES["page"])
