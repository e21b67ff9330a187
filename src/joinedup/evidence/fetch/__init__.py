"""Fetch the newest street files from data.police.uk; what is fetched is imported like any other file."""
