//! What kind a file is.

/// The kinds of file docklint reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A compose file.
    Compose,
    /// A `.env` file or one named by `env_file` or `--env-file`.
    Dotenv,
    /// A systemd unit or drop-in.
    Unit,
    /// A file named by systemd's `EnvironmentFile=`.
    EnvironmentFile,
    /// The daemon's `daemon.json`.
    DaemonJson,
    /// The client's `config.json`.
    ClientConfig,
}
