"""Background work: what each job does, and that a bad one holds nobody up."""
