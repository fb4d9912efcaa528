"""Reading XMM-Newton files: events, images, regions, tables. Input files are never modified."""
