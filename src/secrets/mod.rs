//! What a secret looks like: names, values, token formats. Pure functions.
