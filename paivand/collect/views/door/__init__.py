"""The door of OpenRosa clients: ODK Collect, KoboCollect, and the browser form's queue."""
