"""The application, top to bottom: each package may import only what stands below it.

cli        commands: serve, worker, demo, upgrade, users, places, registry, overlaps, statistics, reindex, check
sample     an invented library and register that show what every page is for, and seeds the journeys in the tests
app        wires everything together: the one place that knows all routers
web, api, jobs   delivery: pages, JSON, background work
request    what pages and API share: session, viewer, files, search
indexing   which rows are searchable; marks them stale on every flush
exchange   our rows in other people's formats: workbooks, HXL; imports with a preview
registry   projects, activity lines, presence, overlaps, gaps
library    resources, versions, files
accounts   people, organisations, roles
places     countries, provinces, districts
core       knows nothing of resources, projects, people or places

Start reading at `app.py`, then follow one request through `web/library.py` and `library/actions.py`.
"""
