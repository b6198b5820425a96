"""Work after the answer: the worker's loop, what each kind of job does, what happens by the clock.

Start at `worker.py`. Every handler bears being run twice, because a killed worker's job is run again.
"""
