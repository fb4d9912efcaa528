"""The terms of a score: what each property, each pair of properties and each pattern of gaps says."""
