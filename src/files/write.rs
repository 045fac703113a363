//! Writing: whole, synced, and private or as the user's umask says.
