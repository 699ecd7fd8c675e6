//! Examples: see the README beside this file.
