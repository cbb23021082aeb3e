//! Java and its relatives: no proxy variable is read.

use super::super::arguments::Arguments;
use super::super::client::{
    Cache, Client, Evidence, Fill, OfflineSwitch, OptionSetting, OptionStyle, OwnVariable, Role,
    Row, Syntax, Traffic,
};
use super::super::proxies::Scheme;
use super::proxies;

const MAVEN_ROWS: Evidence = Evidence::verified("NETWORK_COMMANDS.tsv: mvn");
const CENTRAL: Option<(Scheme, &str)> = Some((Scheme::Https, "repo.maven.apache.org"));

/// System properties of the JVM (`facts/proxy-clients.md`, "Own settings against the environment").
const PROPERTIES: &[OptionSetting] = &[
    OptionSetting::new("-Dhttp.proxyHost", Role::Proxy(Some(Scheme::Http))),
    OptionSetting::new("-Dhttps.proxyHost", Role::Proxy(Some(Scheme::Https))),
    OptionSetting::new("-Dhttp.nonProxyHosts", Role::NoProxy),
    OptionSetting::new("-s", Role::Options),
    OptionSetting::new("-gs", Role::Options),
    OptionSetting::new("-settings", Role::Options),
    OptionSetting::new("-I", Role::Options),
    OptionSetting::new("-init-script", Role::Options),
    OptionSetting::new("-o", Role::Offline),
    OptionSetting::new("-offline", Role::Offline),
];

const MAVEN_OFFLINE: &[OfflineSwitch] = &[
    OfflineSwitch::Option("-o"),
    OfflineSwitch::Option("-offline"),
];

/// Maven
static MAVEN: Client = Client {
    syntax: Syntax {
        style: OptionStyle::SingleDash,
        value_options: "-f -file -gs -gt -l -P -pl -projects -rf -s -settings -t -T -threads -b -log-file",
    },
    variables: &[
        OwnVariable::new("MAVEN_OPTS", Role::Options, MAVEN_ROWS),
        OwnVariable::new("JAVA_TOOL_OPTIONS", Role::Options, MAVEN_ROWS),
        OwnVariable::new(
            "MAVEN_ARGS",
            Role::Options,
            Evidence::recalled("not in facts: Maven 3.9's notes"),
        ),
    ],
    options: PROPERTIES,
    default_target: CENTRAL,
    ..Client::new(
        "mvn",
        "mvn|mvnw|mvnd",
        &[
            Row::new("", Traffic::Never, MAVEN_ROWS).only_if(only_version),
            Row::new("", Traffic::Certain, MAVEN_ROWS)
                .only_if(resolves)
                .offline(MAVEN_OFFLINE)
                .cache(Cache::Maven, Fill::All),
            Row::new("", Traffic::IfNotCached, MAVEN_ROWS)
                .offline(MAVEN_OFFLINE)
                .cache(Cache::Maven, Fill::Part),
        ],
        Some(&proxies::NONE),
    )
};

fn only_version(arguments: &Arguments<'_>) -> bool {
    arguments.operands.is_empty() && arguments.has(&["-v", "-version", "-h", "-help"])
}

/// Goals of the dependency plugin, with or without its version.
fn resolves(arguments: &Arguments<'_>) -> bool {
    arguments.operands_from(0).any(|goal| {
        goal.contains("dependency")
            && [":go-offline", ":resolve", ":get"]
                .iter()
                .any(|end| goal.contains(end))
    })
}

const GRADLE_ROWS: Evidence = Evidence::recalled("NETWORK_COMMANDS.tsv: gradle, ./gradlew");

/// Gradle
static GRADLE: Client = Client {
    syntax: Syntax {
        style: OptionStyle::SingleDash,
        value_options: "-b -c -g -I -p -x -build-file -init-script -project-dir -gradle-user-home -exclude-task",
    },
    variables: &[
        OwnVariable::new("GRADLE_OPTS", Role::Options, GRADLE_ROWS),
        OwnVariable::new("JAVA_OPTS", Role::Options, GRADLE_ROWS),
        OwnVariable::new("JAVA_TOOL_OPTIONS", Role::Options, GRADLE_ROWS),
    ],
    options: PROPERTIES,
    default_target: CENTRAL,
    ..Client::new(
        "gradle",
        "gradle|gradlew",
        &[
            Row::new("clean|tasks|wrapper|init", Traffic::Usually, GRADLE_ROWS)
                .only_if(|arguments| arguments.operands.len() == 1)
                .offline(GRADLE_OFFLINE),
            Row::new("", Traffic::IfNotCached, GRADLE_ROWS)
                .offline(GRADLE_OFFLINE)
                .cache(Cache::Gradle, Fill::Part),
        ],
        Some(&proxies::JVM),
    )
};

const GRADLE_OFFLINE: &[OfflineSwitch] = &[OfflineSwitch::Option("-offline")];

const OTHERS: Evidence = Evidence::recalled("not in facts: the tools' documentation");

/// sbt, Leiningen, Ivy and the like
static OTHER_BUILDERS: Client = Client {
    syntax: Syntax {
        style: OptionStyle::SingleDash,
        value_options: "",
    },
    variables: &[
        OwnVariable::new("SBT_OPTS", Role::Options, OTHERS),
        OwnVariable::new("JAVA_OPTS", Role::Options, OTHERS),
        OwnVariable::new("JVM_OPTS", Role::Options, OTHERS),
        OwnVariable::new("JAVA_TOOL_OPTIONS", Role::Options, OTHERS),
    ],
    options: PROPERTIES,
    default_target: CENTRAL,
    ..Client::new(
        "sbt",
        "sbt|lein|clojure|clj|boot|mill|amm|cs|coursier|sdkmanager|kotlinc",
        &[Row::new("", Traffic::IfNotCached, OTHERS).cache(Cache::Project, Fill::Part)],
        Some(&proxies::JVM),
    )
};

pub(super) static CLIENTS: &[&Client] = &[&MAVEN, &GRADLE, &OTHER_BUILDERS];
