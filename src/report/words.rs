//! What the model's terms are called where people read them.

use crate::model::{Mechanism, Unknown};

/// Why a value is not known, in words.
pub(super) fn unknown(why: Unknown) -> &'static str {
    match why {
        Unknown::BaseImage => "set by the base image",
        Unknown::BuildArg => "given as a build argument",
        Unknown::CommandSubstitution => "output of a command",
        Unknown::Secret => "a mounted secret",
        Unknown::Template => "filled in by a template",
        Unknown::ProcessEnvironment => "taken from the caller's environment",
        Unknown::File => "read from a file",
        Unknown::Shell => "not simulated",
        Unknown::Platform => "depends on the platform",
        Unknown::TooLong => "too long to work out",
    }
}

/// What a hop is, in words.
pub(super) fn mechanism(how: Mechanism) -> &'static str {
    match how {
        Mechanism::BaseImage => "base image",
        Mechanism::ImageDefault => "default of every image",
        Mechanism::BuildArgFlag => "--build-arg",
        Mechanism::PredefinedArg => "predefined by BuildKit",
        Mechanism::GlobalArg => "global ARG",
        Mechanism::Arg => "ARG",
        Mechanism::Env => "ENV",
        Mechanism::FromStage => "FROM",
        Mechanism::ProxyEnv => "proxy build argument",
        Mechanism::SecretEnv => "secret mount",
        Mechanism::Shell => "shell",
        Mechanism::ToolSetting => "tool's settings file",
        Mechanism::Dotenv => ".env",
        Mechanism::Interpolation => "interpolation",
        Mechanism::ComposeBuildArg => "build.args",
        Mechanism::ComposeEnvironment => "environment",
        Mechanism::ComposeEnvFile => "env_file",
        Mechanism::ComposeMerge => "merge",
        Mechanism::UnitEnvironment => "Environment=",
        Mechanism::UnitEnvironmentFile => "EnvironmentFile=",
        Mechanism::DaemonJson => "daemon.json",
        Mechanism::DaemonFlag => "daemon flag",
        Mechanism::ClientProxies => "config.json",
        Mechanism::ProcessEnvironment => "caller's environment",
    }
}
