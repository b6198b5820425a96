"""The invented register of the sample portal: projects of fifteen organisations, with every case its pages were made for.

No project, organisation or figure in it is real; the places are. Start reading at `shapes.py`.
"""
