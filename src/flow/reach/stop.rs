//! Why a setting goes no further.

/// Why a setting goes no further. Sources: `facts/buildkit.md` 1 to 3, `facts/shell.md`; for daemons
/// and clients `facts/systemd-daemon-go.md` 43, 46, 49 and `facts/compose.md` 1a.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stop {
    /// Declared above the first `FROM`, and not again in the stage.
    OnlyGlobal,
    /// Declared in a stage that the command's stage does not build on.
    OtherStage,
    /// Declared in the command's stage, behind its step.
    Later,
    /// A build argument that no stage declares.
    NotConsumed,
    /// An `ARG` that nothing gives a value.
    NothingGiven,
    /// A default that a build argument replaces.
    DefaultReplaced,
    /// A global value that the stage's own default hides.
    OwnDefault,
    /// A later setting of the same variable wins.
    Shadowed,
    /// A proxy that the build argument of that name beats in every RUN.
    BuildArgWins,
    /// A tool's settings file, where the environment has the variable.
    EnvironmentWins,
    /// A proxy build argument whose other spelling wins.
    OtherSpellingWins,
    /// A proxy build argument that is empty.
    EmptyProxy,
    /// Set by the shell of a RUN.
    EndsWithRun,
    /// Written before a command, for that command alone.
    EndsWithCommand,
    /// A shell variable that is not exported.
    NotExported,
    /// Taken away by `unset` or `env -u`.
    Unset,
    /// Taken away with the whole environment by `sudo`, `su -` or `env -i`.
    Dropped,
    /// Mentioned in a RUN in exec form.
    ExecForm,
    /// Handed to an interpreter that is no POSIX shell.
    OtherInterpreter,
    /// An address that means the build container itself.
    Loopback,
    /// In the environment of commands of which none reads it.
    NotRead,
    /// The command reads only the other spelling.
    OtherSpelling,
    /// A secret mounted as a file.
    SecretFile,
    /// In a stage that the target does not need.
    OutsideTarget,
    /// In a daemon's environment or options.
    PullsOnly,
    /// In the environment of a daemon that has a flag or `daemon.json` for it.
    OptionWins,
    /// The lower-case spelling in the environment of a daemon that has the upper-case one.
    UpperCaseWins,
    /// A variable that the daemon does not read.
    NotForDaemon,
    /// In the configuration of a daemon that does not start.
    NoStart,
    /// `environment` or `env_file` of a compose service.
    RunTimeOnly,
    /// `allProxy` of a client, which builds do not get.
    NoBuildArgument,
    /// The client's entry for a daemon at one address.
    OneAddress,
}

impl Stop {
    /// Every reason.
    pub const ALL: [Self; 32] = [
        Self::OnlyGlobal,
        Self::OtherStage,
        Self::Later,
        Self::NotConsumed,
        Self::NothingGiven,
        Self::DefaultReplaced,
        Self::OwnDefault,
        Self::Shadowed,
        Self::BuildArgWins,
        Self::EnvironmentWins,
        Self::OtherSpellingWins,
        Self::EmptyProxy,
        Self::EndsWithRun,
        Self::EndsWithCommand,
        Self::NotExported,
        Self::Unset,
        Self::Dropped,
        Self::ExecForm,
        Self::OtherInterpreter,
        Self::Loopback,
        Self::NotRead,
        Self::OtherSpelling,
        Self::SecretFile,
        Self::OutsideTarget,
        Self::PullsOnly,
        Self::OptionWins,
        Self::UpperCaseWins,
        Self::NotForDaemon,
        Self::NoStart,
        Self::RunTimeOnly,
        Self::NoBuildArgument,
        Self::OneAddress,
    ];

    /// A stable word for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::OnlyGlobal => "only-global",
            Self::OtherStage => "other-stage",
            Self::Later => "declared-later",
            Self::NotConsumed => "not-consumed",
            Self::NothingGiven => "nothing-given",
            Self::DefaultReplaced => "default-replaced",
            Self::OwnDefault => "own-default",
            Self::Shadowed => "shadowed",
            Self::BuildArgWins => "build-arg-wins",
            Self::EnvironmentWins => "environment-wins",
            Self::OtherSpellingWins => "other-spelling-wins",
            Self::EmptyProxy => "empty-proxy",
            Self::EndsWithRun => "ends-with-run",
            Self::EndsWithCommand => "ends-with-command",
            Self::NotExported => "not-exported",
            Self::Unset => "unset",
            Self::Dropped => "dropped",
            Self::ExecForm => "exec-form",
            Self::OtherInterpreter => "other-interpreter",
            Self::Loopback => "loopback",
            Self::NotRead => "not-read",
            Self::OtherSpelling => "other-spelling",
            Self::SecretFile => "secret-file",
            Self::OutsideTarget => "outside-target",
            Self::PullsOnly => "pulls-only",
            Self::OptionWins => "option-wins",
            Self::UpperCaseWins => "upper-case-wins",
            Self::NotForDaemon => "not-for-daemon",
            Self::NoStart => "no-start",
            Self::RunTimeOnly => "run-time-only",
            Self::NoBuildArgument => "no-build-argument",
            Self::OneAddress => "one-address",
        }
    }

    /// What there is to say about it, for a person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::OnlyGlobal => {
                "Declared above the first FROM only: a stage sees it below an ARG of its own."
            }
            Self::OtherStage => {
                "An ARG or ENV ends with its stage, unless FROM builds on that stage."
            }
            Self::Later => "This step runs before the line that sets it.",
            Self::NotConsumed => {
                "No stage of this build declares this argument, so BuildKit drops it silently."
            }
            Self::NothingGiven => {
                "Nothing gives this ARG a value: no default, no build argument, no global ARG."
            }
            Self::DefaultReplaced => {
                "A build argument of this name is given and replaces the default."
            }
            Self::OwnDefault => {
                "The stage's ARG has a default of its own, which wins over the one above FROM."
            }
            Self::Shadowed => "A later setting of the same variable takes over here.",
            Self::BuildArgWins => {
                "In every RUN a proxy build argument wins over ARG and ENV of the same name."
            }
            Self::EnvironmentWins => {
                "A variable in the environment wins over the tool's settings file."
            }
            Self::OtherSpellingWins => {
                "The proxy is given as a build argument in both spellings: the lower-case one wins."
            }
            Self::EmptyProxy => "An empty proxy build argument is not passed to any RUN.",
            Self::EndsWithRun => "What a RUN's shell sets, exported or not, ends with that RUN.",
            Self::EndsWithCommand => "Written before a command, it is set for that command alone.",
            Self::NotExported => "A shell variable that is not exported: commands do not get it.",
            Self::Unset => "Taken out of the environment here.",
            Self::Dropped => {
                "The whole environment is dropped here: what runs behind it starts without it."
            }
            Self::ExecForm => {
                "The exec form has no shell: the text is passed on as it is, not replaced by the value."
            }
            Self::OtherInterpreter => {
                "Not run by a POSIX shell: it gets the variable, but what it does with it is not known."
            }
            Self::Loopback => {
                "In a RUN this address is the build container itself, where nothing listens."
            }
            Self::NotRead => "No command that gets it reads it.",
            Self::OtherSpelling => "This command reads only the other spelling.",
            Self::SecretFile => {
                "The secret is mounted as a file; only env=NAME makes it a variable."
            }
            Self::OutsideTarget => "The target does not need this stage, so it is not built.",
            Self::PullsOnly => {
                "What the daemon is given stays with the daemon: no RUN and no container gets it."
            }
            Self::OptionWins => {
                "A flag or daemon.json sets this proxy too, and wins over the environment."
            }
            Self::UpperCaseWins => "The upper-case spelling is set as well, and wins.",
            Self::NotForDaemon => "The daemon does not read this variable, nor pass it on.",
            Self::NoStart => "With this configuration the daemon does not start.",
            Self::RunTimeOnly => {
                "`environment` and `env_file` are for the container that runs: no RUN sees them."
            }
            Self::NoBuildArgument => {
                "Containers get it, but no build: compose and buildx pass on the other four only."
            }
            Self::OneAddress => {
                "Only for a daemon at this address, which then gets nothing of `default`."
            }
        }
    }
}
