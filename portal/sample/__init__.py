"""The sample library behind `sala demo`: invented organisations and people, and texts written for this project.

Everything here but the seeding is values and pure functions: organisations and people in `organisations.py`,
resources read from the plain text files under `texts/` by `loading.py`, real files made from them by `files/`,
and a large made-up library for measurements in `scale.py`. Nothing describes a real organisation, person or case.
Start at `resources.py`, which says what a sample resource is.
"""
