//! Every case of `fixtures/conformance/compose` (and of `compose/` in each folder of
//! `DOCKLINT_CASES`): what Docker Compose answered against what the model says.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use docklint::model::Value;
use docklint::model::compose::{
    Build, ClientProxies, ClientProxy, Data, DiagnosticKind, Dockerfile, Field, Files, Flag, Level,
    Options, ProcessEnvironment, Project, ProxyKind, Resolved, Secret, SecretSource, Service, Tree,
    Unreadable, load,
};
use docklint::source::{FileId, FileKind, SourceFile};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Map, Value as Json, json};

#[path = "support/cases.rs"]
mod cases;

/// Runtime fields of a service that bear on no build, environment, secret or profile, and are not
/// brought into the form that `config` prints.
const LEFT_OUT_OF_SERVICES: &[&str] = &[
    "blkio_config",
    "command",
    "deploy",
    "develop",
    "devices",
    "entrypoint",
    "extra_hosts",
    "gpus",
    "healthcheck",
    "mem_limit",
    "mem_reservation",
    "memswap_limit",
    "models",
    "networks",
    "ports",
    "post_start",
    "pre_stop",
    "pull_policy",
    "shm_size",
    "stop_grace_period",
    "tmpfs",
    "ulimits",
    "volumes",
];
/// Of a build: sizes and limits in the form that `config` prints, and what only buildx reads.
const LEFT_OUT_OF_BUILDS: &[&str] = &["shm_size", "ulimits", "attest", "output", "labels", "tags"];
/// Sections at the top that bear on run time only.
const LEFT_OUT_OF_PROJECTS: &[&str] = &["networks", "volumes", "models"];

/// Where a case's project lies; `<CASE>` in the recorded answers.
const CASE: &str = "/tmp/case/proj";
/// `<TMP>` in the recorded answers.
const TMP: &str = "/tmp/case";
/// The daemon's address; `<HOST>` in the recorded answers.
const HOST: &str = "unix:///case/docker.sock";

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for case in cases::cases("compose") {
        let name = case
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        trials.push(Trial::test(name, move || run(&case)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// A case's folder, read into memory.
struct Folder {
    files: BTreeMap<String, SourceFile>,
    folders: BTreeSet<String>,
}

impl Folder {
    fn read(case: &Path) -> Self {
        let mut folder = Self {
            files: BTreeMap::new(),
            folders: BTreeSet::new(),
        };
        folder.walk(case, CASE);
        folder
    }

    fn walk(&mut self, from: &Path, to: &str) {
        self.folders.insert(to.to_owned());
        for entry in std::fs::read_dir(from).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("expected") || name == "case.json" {
                continue;
            }
            let path = format!("{to}/{name}");
            if entry.path().is_dir() {
                self.walk(&entry.path(), &path);
            } else {
                let bytes = std::fs::read(entry.path()).unwrap();
                let id = FileId(u32::try_from(self.files.len()).unwrap());
                let file = SourceFile::new(id, path.clone(), FileKind::Compose, bytes);
                self.files.insert(path, file);
            }
        }
    }
}

impl<'a> Files<'a> for &'a Folder {
    fn read(&self, path: &str) -> Result<&'a SourceFile, Unreadable> {
        let this: &'a Folder = self;
        if !self.is_inside(path) {
            Err(Unreadable::Outside)
        } else if self.folders.contains(path) {
            Err(Unreadable::Directory)
        } else {
            this.files.get(path).ok_or(Unreadable::Missing)
        }
    }

    fn is_inside(&self, path: &str) -> bool {
        path == CASE
            || path
                .strip_prefix(CASE)
                .is_some_and(|rest| rest.starts_with('/'))
    }
}

/// A case and how Compose was called.
struct Case {
    folder: PathBuf,
    json: Json,
}

impl Case {
    fn texts(&self, key: &str) -> Vec<String> {
        let items = self.json[key].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    }

    fn expected(&self, name: &str) -> Option<String> {
        let text = std::fs::read_to_string(self.folder.join(name)).ok()?;
        Some(
            text.replace("<CASE>", CASE)
                .replace("<TMP>", TMP)
                .replace("<HOST>", HOST),
        )
    }

    fn expected_json(&self, name: &str) -> Option<Json> {
        self.expected(name)
            .map(|text| serde_json::from_str(&text).unwrap())
    }

    fn options(&self) -> Options {
        let cwd = match self.json["cwd"].as_str().filter(|cwd| !cwd.is_empty()) {
            Some(cwd) => format!("{CASE}/{cwd}"),
            None => CASE.to_owned(),
        };
        let mut options = Options {
            cwd,
            ..Options::default()
        };
        let mut arguments = self.texts("args").into_iter();
        while let Some(flag) = arguments.next() {
            let value = arguments.next().unwrap_or_default();
            match flag.as_str() {
                "-f" | "--file" => options.files.push(value),
                "-p" | "--project-name" => options.name = Some(value),
                "--profile" => options.profiles.push(value),
                "--env-file" => options.env_files.push(value),
                "--project-directory" => options.folder = Some(value),
                _ => panic!("unknown flag {flag}"),
            }
        }
        options
    }

    fn environment(&self) -> ProcessEnvironment {
        let set = self.json["env"].as_object().cloned().unwrap_or_default();
        let variables = set.into_iter().map(|(name, value)| {
            let value = value.as_str().unwrap_or_default().replace("<CASE>", CASE);
            (name, Value::known(value))
        });
        ProcessEnvironment {
            variables: variables.collect(),
            is_whole: true,
            ..ProcessEnvironment::default()
        }
    }

    /// The entry of `proxies` for the daemon in use, else `default`; Go ignores letter case.
    fn proxies(&self) -> ClientProxies {
        let proxies = &self.json["docker_config"]["proxies"];
        let own = proxies.get("<HOST>").or_else(|| proxies.get("default"));
        let kinds = [
            ("httpproxy", ProxyKind::Http),
            ("httpsproxy", ProxyKind::Https),
            ("noproxy", ProxyKind::No),
            ("ftpproxy", ProxyKind::Ftp),
            ("allproxy", ProxyKind::All),
        ];
        let mut entries = Vec::new();
        for (key, value) in own.and_then(Json::as_object).into_iter().flatten() {
            let kind = kinds.iter().find(|(name, _)| *name == key.to_lowercase());
            let value = value.as_str().unwrap_or_default();
            if let Some((_, kind)) = kind.filter(|_| !value.is_empty()) {
                entries.push(ClientProxy {
                    kind: *kind,
                    value: value.to_owned(),
                    at: None,
                });
            }
        }
        ClientProxies { entries }
    }

    /// `FLAG NAME[=VALUE]` of a command line.
    fn flags(&self, key: &str, flag: &str) -> Vec<Flag> {
        let texts = self.texts(key);
        let pairs = texts.windows(2).filter(|pair| pair[0] == flag);
        pairs.map(|pair| Flag::parse(&pair[1])).collect()
    }
}

fn run(folder: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(folder.join("case.json"))?;
    let case = Case {
        folder: folder.to_owned(),
        json: serde_json::from_str(&text)?,
    };
    let mut files = Folder::read(folder);
    for made in case.texts("mkdir") {
        files.folders.insert(format!("{CASE}/{made}"));
    }
    let mut project = load(&&files, &case.options(), &case.environment());
    let mut differences = Vec::new();
    if let Some(error) = case.expected("expected_error.txt") {
        check_error(&project, &error, &mut differences);
    } else {
        for diagnostic in &project.diagnostics {
            if diagnostic.kind.level() == Level::Error {
                differences.push(format!("unexpected error: {diagnostic:?}"));
            }
        }
        check_warnings(&case, &project, &mut differences);
        check_answers(&case, &mut project, &mut differences);
    }
    if differences.is_empty() {
        Ok(())
    } else {
        Err(differences.join("\n").into())
    }
}

/// The cause that a recorded message stands for.
fn cause(message: &str) -> Option<DiagnosticKind> {
    let known = [
        ("additional properties", DiagnosticKind::Schema),
        ("required variable", DiagnosticKind::RequiredVariable),
        ("invalid interpolation format", DiagnosticKind::Template),
        ("failed to cast", DiagnosticKind::Cast),
        ("is declared with a trailing space", DiagnosticKind::Schema),
        ("validating ", DiagnosticKind::Schema),
        ("must be a mapping", DiagnosticKind::Schema),
        ("must be a list", DiagnosticKind::Schema),
        ("expected key=value", DiagnosticKind::Schema),
        ("invalid ssh key", DiagnosticKind::Schema),
        ("unsupported env_file format", DiagnosticKind::Schema),
        ("label file", DiagnosticKind::File),
        ("healthcheck.test must start", DiagnosticKind::Consistency),
        ("non-string key", DiagnosticKind::Key),
        ("invalid project name", DiagnosticKind::ProjectName),
        (
            "project name must not be empty",
            DiagnosticKind::ProjectName,
        ),
        ("no configuration file", DiagnosticKind::Project),
        ("empty compose file", DiagnosticKind::Project),
        ("cannot extend service", DiagnosticKind::Extends),
        (".service is required", DiagnosticKind::Extends),
        ("Circular reference", DiagnosticKind::Extends),
        ("include cycle", DiagnosticKind::Include),
        ("conflicts with imported", DiagnosticKind::Include),
        ("cannot override", DiagnosticKind::Merge),
        ("couldn't find env file", DiagnosticKind::File),
        ("not found: stat", DiagnosticKind::File),
        ("no such file or directory", DiagnosticKind::File),
        ("is a directory", DiagnosticKind::File),
        ("failed to read", DiagnosticKind::Syntax),
        ("cycle detected: node", DiagnosticKind::Alias),
        ("recorded by hand: no answer", DiagnosticKind::Alias),
        ("yaml: ", DiagnosticKind::Syntax),
        ("already defined at line", DiagnosticKind::Syntax),
        ("failed to parse", DiagnosticKind::Syntax),
        ("cannot decode", DiagnosticKind::Syntax),
        ("top-level object", DiagnosticKind::Schema),
        ("invalid compose project", DiagnosticKind::Consistency),
        ("mutually exclusive", DiagnosticKind::Consistency),
        ("must be set", DiagnosticKind::Consistency),
        ("dependency cycle", DiagnosticKind::Consistency),
        ("as additional contexts", DiagnosticKind::Consistency),
        ("is already in use by service", DiagnosticKind::Consistency),
        ("only use name", DiagnosticKind::Consistency),
        ("not found for network_mode", DiagnosticKind::Consistency),
        ("conflicting parameters", DiagnosticKind::Consistency),
    ];
    known
        .iter()
        .find(|(words, _)| message.contains(words))
        .map(|(_, kind)| *kind)
}

fn check_error(project: &Project<'_>, expected: &str, differences: &mut Vec<String>) {
    // A fault of Compose's own printer, not of the project (facts/compose.md 4).
    if expected.contains("MarshalJSON for type types.SSHKey") {
        return;
    }
    let errors: Vec<_> = project
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.kind.level() == Level::Error)
        .collect();
    let kind = cause(expected);
    let mut of_kind = errors
        .iter()
        .filter(|error| kind.is_none_or(|kind| kind == error.kind));
    let schema_path = expected
        .strip_prefix("validating ")
        .and_then(|rest| rest.split(": ").nth(1));
    let path = schema_path.map(|rest| rest.split(' ').next().unwrap_or_default());
    let agrees = match path {
        Some(path) => of_kind.any(|error| error.message.contains(path)),
        None => of_kind.next().is_some(),
    };
    if kind.is_none() || !agrees {
        differences.push(format!("expected error: {expected}\nfound: {errors:#?}"));
    }
}

fn check_warnings(case: &Case, project: &Project<'_>, differences: &mut Vec<String>) {
    let expected = case.expected("expected_warnings.txt").unwrap_or_default();
    let expected: BTreeSet<String> = expected
        .lines()
        .map(|line| line.strip_prefix("warning: ").unwrap_or(line).to_owned())
        .collect();
    let found: BTreeSet<String> = project
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.kind.level() == Level::Warning)
        .map(|diagnostic| diagnostic.message.clone())
        .collect();
    compare("warnings", &json!(expected), &json!(found), differences);
}

fn check_answers(case: &Case, project: &mut Project<'_>, differences: &mut Vec<String>) {
    let proxies = case.proxies();
    if let Some(expected) = case.expected_json("expected.json") {
        let expected = trimmed_config(halve_dollars(expected));
        compare("config", &expected, &config(project), differences);
    }
    let services: Vec<Service<'_>> = project
        .services
        .iter()
        .filter(|service| service.is_enabled)
        .cloned()
        .collect();
    let flags = case.flags("build_flags", "--build-arg");
    if let Some(expected) = case.expected_json("expected_bake.json") {
        let found = bake(project, &services, &flags, &proxies);
        compare("bake", &trimmed_bake(&expected), &found, differences);
    }
    if let Some(expected) = case.expected_json("expected_classic.json") {
        let found = services.iter().filter(|service| service.build.is_some()).map(|service| {
            let args = project.build_args(service, &flags, &proxies);
            json!({
                "buildargs": object(&args),
                "tag": tag(project, service),
                "target": service.build.as_ref().map_or(Json::Null, |build| text(build.target.as_ref())),
            })
        });
        let found = sorted(Json::Array(found.collect()), "tag");
        compare("classic", &sorted(expected, "tag"), &found, differences);
    }
    for (name, flags) in [
        ("expected_containers.json", Vec::new()),
        ("expected_run.json", case.flags("run", "-e")),
    ] {
        let Some(expected) = case.expected_json(name) else {
            continue;
        };
        let asked: BTreeSet<String> = expected
            .as_array()
            .into_iter()
            .flatten()
            .map(|container| container["service"].as_str().unwrap_or_default().to_owned())
            .collect();
        let found = services
            .iter()
            .filter(|service| asked.contains(service.name.as_ref()));
        let found = found.map(|service| {
            let environment = project.container_environment(service, &flags, &proxies);
            let mut lines: Vec<String> = environment.iter().map(line).collect();
            lines.sort();
            json!({ "env": lines, "service": service.name })
        });
        let found = sorted(Json::Array(found.collect()), "service");
        compare(name, &sorted(expected, "service"), &found, differences);
    }
    if let Some(expected) = case.expected("expected_environment.txt") {
        check_environment(&expected, project, differences);
    }
    if let Some(expected) = case.expected("expected_variables.txt") {
        check_variables(&expected, case, differences);
    }
}

fn line(resolved: &Resolved<'_>) -> String {
    match &resolved.value {
        Some(value) => format!(
            "{}={}",
            resolved.name,
            value.as_known().unwrap_or("<unknown>")
        ),
        None => resolved.name.clone(),
    }
}

fn object(resolved: &[Resolved<'_>]) -> Json {
    let entries = resolved.iter().map(|resolved| {
        (
            resolved.name.clone(),
            resolved.value.as_ref().map_or(Json::Null, known),
        )
    });
    Json::Object(entries.collect())
}

/// The recorded environment may hold names of the recording machine; ours must be there.
fn check_environment(expected: &str, project: &Project<'_>, differences: &mut Vec<String>) {
    let found: String = project
        .environment
        .iter()
        .map(|(name, value, _)| format!("{name}={}\n", value.as_known().unwrap_or("<unknown>")))
        .collect();
    let mut expected: Vec<&str> = expected.trim_end().split('\n').collect();
    let mut found: Vec<&str> = found.trim_end().split('\n').collect();
    expected.sort_unstable();
    found.sort_unstable();
    compare("environment", &json!(expected), &json!(found), differences);
}

/// Every variable that Compose lists is one that the model sees used: unset ones are looked up in an
/// environment where they are, and each must then be missed.
fn check_variables(expected: &str, case: &Case, differences: &mut Vec<String>) {
    let names = expected
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').next());
    let files = Folder::read(&case.folder);
    for name in names {
        let mut environment = case.environment();
        let marker = "used-here";
        environment
            .variables
            .insert(name.to_owned(), Value::known(marker));
        let with = load(&&files, &case.options(), &environment);
        environment.variables.remove(name);
        let without = load(&&files, &case.options(), &environment);
        if format!("{:?}", with.services) == format!("{:?}", without.services) {
            differences.push(format!("variable {name} makes no difference"));
        }
    }
}

fn compare(what: &str, expected: &Json, found: &Json, differences: &mut Vec<String>) {
    if expected != found {
        differences.push(format!(
            "{what}:\nexpected {expected:#}\nfound    {found:#}"
        ));
    }
}

fn sorted(json: Json, key: &str) -> Json {
    let Json::Array(mut items) = json else {
        return json;
    };
    items.sort_by_key(|item| item[key].to_string());
    Json::Array(items)
}

fn halve_dollars(json: Json) -> Json {
    match json {
        Json::String(text) => Json::String(text.replace("$$", "$")),
        Json::Array(items) => items.into_iter().map(halve_dollars).collect(),
        Json::Object(map) => {
            let halved = map
                .into_iter()
                .map(|(key, value)| (key.replace("$$", "$"), halve_dollars(value)));
            Json::Object(halved.collect())
        }
        other => other,
    }
}

fn trimmed_config(mut json: Json) -> Json {
    let project = json.as_object_mut().unwrap();
    for key in LEFT_OUT_OF_PROJECTS {
        project.remove(*key);
    }
    for service in project["services"].as_object_mut().unwrap().values_mut() {
        let service = service.as_object_mut().unwrap();
        for key in LEFT_OUT_OF_SERVICES {
            service.remove(*key);
        }
        if let Some(build) = service.get_mut("build").and_then(Json::as_object_mut) {
            for key in LEFT_OUT_OF_BUILDS {
                build.remove(*key);
            }
        }
    }
    json
}

fn trimmed_bake(json: &Json) -> Json {
    let mut targets = json["target"].clone();
    for target in targets.as_object_mut().unwrap().values_mut() {
        let target = target.as_object_mut().unwrap();
        for key in LEFT_OUT_OF_BUILDS.iter().chain(&["shm-size"]) {
            target.remove(*key);
        }
        // Keys in any order: Compose walks a map.
        if let Some(ssh) = target.get_mut("ssh").and_then(Json::as_array_mut) {
            ssh.sort_by_key(Json::to_string);
        }
    }
    targets
}

// ---- the model, in the form that Compose prints -------------------------------------------------

fn known(value: &Value<'_>) -> Json {
    value
        .as_known()
        .map_or(json!({ "unknown": true }), |text| json!(text))
}

fn text(field: Option<&Field<'_>>) -> Json {
    field.map_or(Json::Null, |field| known(&field.value))
}

/// Leaves out what Go leaves out of JSON: nothing, empty texts, `false`, zero, empty collections.
fn put(map: &mut Map<String, Json>, key: &str, value: Json) {
    let is_empty = match &value {
        Json::Null => true,
        Json::Bool(value) => !value,
        Json::String(text) => text.is_empty(),
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::Array(items) => items.is_empty(),
        Json::Object(map) => map.is_empty(),
    };
    if !is_empty {
        map.insert(key.to_owned(), value);
    }
}

fn config(project: &Project<'_>) -> Json {
    let mut json = Map::new();
    json.insert("name".into(), known(&project.name));
    let services = project.services.iter().filter(|service| service.is_enabled);
    let services: Map<String, Json> = services
        .map(|service| (service.name.to_string(), service_config(service)))
        .collect();
    json.insert("services".into(), Json::Object(services));
    let secrets = project
        .secrets
        .iter()
        .filter(|secret| is_used(project, &secret.name, "secrets"));
    let secrets = secrets.map(|secret| (secret.name.to_string(), secret_config(project, secret)));
    put(&mut json, "secrets", Json::Object(secrets.collect()));
    for section in project.sections.iter() {
        if LEFT_OUT_OF_PROJECTS.contains(&section.name.as_ref()) {
            continue;
        }
        let value = if section.name == "configs" {
            configs(project, &section.value)
        } else {
            plain(&section.value)
        };
        if section.name == "configs" {
            put(&mut json, &section.name, value);
        } else {
            json.insert(section.name.to_string(), value);
        }
    }
    Json::Object(json)
}

/// `config` drops what no service that is switched on uses.
fn is_used(project: &Project<'_>, name: &str, section: &str) -> bool {
    project
        .services
        .iter()
        .filter(|service| service.is_enabled)
        .any(|service| {
            let own = service
                .fields
                .get(section)
                .and_then(Tree::as_list)
                .unwrap_or_default();
            let build = service.build.iter().flat_map(|build| &build.secrets);
            own.iter()
                .filter_map(Tree::as_map)
                .any(|map| map.get("source").and_then(Tree::as_str) == Some(name))
                || (section == "secrets" && build.into_iter().any(|secret| secret.source == name))
        })
}

fn configs(project: &Project<'_>, tree: &Tree<'_>) -> Json {
    let mut json = Map::new();
    for entry in tree.as_map().into_iter().flat_map(|map| map.iter()) {
        if is_used(project, &entry.name, "configs") {
            let Json::Object(mut config) = plain(&entry.value) else {
                continue;
            };
            let variable = config
                .get("environment")
                .and_then(Json::as_str)
                .map(str::to_owned);
            // `config` prints the variable, the content goes into the container.
            if variable.is_some() {
                config.remove("content");
            }
            let name = resource_name(project, &entry.name, &config);
            config.insert("name".into(), name);
            json.insert(entry.name.to_string(), Json::Object(config));
        }
    }
    Json::Object(json)
}

fn resource_name(project: &Project<'_>, key: &str, fields: &Map<String, Json>) -> Json {
    match fields.get("name") {
        Some(name) => name.clone(),
        None if fields.get("external") == Some(&json!(true)) => json!(key),
        None => json!(format!(
            "{}_{key}",
            project.name.as_known().unwrap_or_default()
        )),
    }
}

fn secret_config(project: &Project<'_>, secret: &Secret<'_>) -> Json {
    let mut json = Map::new();
    for entry in secret.fields.iter() {
        if entry.name.starts_with("x-") || entry.name == "labels" {
            continue;
        }
        put(&mut json, &entry.name, plain(&entry.value));
    }
    match &secret.source {
        SecretSource::File(file) => put(&mut json, "file", known(&file.value)),
        SecretSource::Environment(variable) => {
            put(&mut json, "environment", known(&variable.value))
        }
        SecretSource::External => put(&mut json, "external", json!(true)),
        SecretSource::Missing => {}
    }
    let name = resource_name(project, &secret.name, &json);
    json.insert("name".into(), name);
    Json::Object(json)
}

fn service_config(service: &Service<'_>) -> Json {
    let mut json = Map::new();
    for entry in service.fields.iter() {
        let name = entry.name.as_ref();
        let is_typed = matches!(
            name,
            "build"
                | "environment"
                | "env_file"
                | "depends_on"
                | "extends"
                | "image"
                | "profiles"
                | "secrets"
        );
        if is_typed || LEFT_OUT_OF_SERVICES.contains(&name) {
            continue;
        }
        match name {
            "labels" | "annotations" | "sysctls" => put(&mut json, name, pairs(&entry.value)),
            "configs" => put(&mut json, name, mounts(&entry.value)),
            name if name.starts_with("x-") => {
                json.insert(name.to_owned(), plain(&entry.value));
            }
            name => put(&mut json, name, plain(&entry.value)),
        }
    }
    put(&mut json, "image", text(service.image.as_ref()));
    put(&mut json, "profiles", json!(service.profiles));
    if let Some(build) = &service.build {
        json.insert("build".into(), build_config(build, fields(service)));
    }
    let environment = service.environment.iter().map(|entry| {
        (
            entry.name.to_string(),
            entry.value.as_ref().map_or(Json::Null, known),
        )
    });
    put(
        &mut json,
        "environment",
        Json::Object(environment.collect()),
    );
    if let Some(secrets) = service.fields.get("secrets") {
        put(&mut json, "secrets", mounts(secrets));
    }
    let needed: Map<String, Json> = service
        .depends_on
        .iter()
        .map(|dependency| {
            let fields = service.fields.get("depends_on").and_then(Tree::as_map);
            let written = fields
                .and_then(|map| map.get(&dependency.service))
                .map(plain);
            let implied =
                json!({ "condition": "service_started", "required": true, "restart": true });
            let mut written = written.unwrap_or(implied);
            if let Some(map) = written.as_object_mut() {
                map.entry("required").or_insert(json!(true));
                if map.get("restart") == Some(&json!(false)) {
                    map.remove("restart");
                }
            }
            (dependency.service.clone(), written)
        })
        .collect();
    put(&mut json, "depends_on", Json::Object(needed));
    Json::Object(json)
}

/// The keys of `build`.
fn fields<'s, 'a>(service: &'s Service<'a>) -> &'s docklint::model::compose::Map<'a> {
    service
        .fields
        .get("build")
        .and_then(Tree::as_map)
        .expect("a service with a build has its keys")
}

fn build_config(build: &Build<'_>, fields: &docklint::model::compose::Map<'_>) -> Json {
    let mut json = Map::new();
    for entry in fields.iter() {
        let name = entry.name.as_ref();
        let is_typed = matches!(
            name,
            "additional_contexts"
                | "args"
                | "context"
                | "dockerfile"
                | "dockerfile_inline"
                | "extra_hosts"
                | "secrets"
                | "ssh"
                | "target"
        );
        if !is_typed && !LEFT_OUT_OF_BUILDS.contains(&name) {
            put(&mut json, name, plain(&entry.value));
        }
    }
    put(&mut json, "context", known(&build.context.value));
    match &build.dockerfile {
        Dockerfile::File(file) | Dockerfile::Both { file, .. } => {
            put(&mut json, "dockerfile", known(&file.value));
        }
        Dockerfile::Inline(inline, _) => put(&mut json, "dockerfile_inline", known(&inline.value)),
    }
    put(&mut json, "target", text(build.target.as_ref()));
    let args = build
        .args
        .iter()
        .filter_map(|arg| Some((arg.name.to_string(), known(arg.value.as_ref()?))));
    put(&mut json, "args", Json::Object(args.collect()));
    put(
        &mut json,
        "secrets",
        fields.get("secrets").map_or(Json::Null, mounts),
    );
    let contexts = build.additional_contexts.iter();
    let contexts = contexts.map(|context| (context.name.to_string(), known(&context.value.value)));
    put(
        &mut json,
        "additional_contexts",
        Json::Object(contexts.collect()),
    );
    let mut ssh: Vec<String> = build.ssh.iter().map(|key| key.name.to_string()).collect();
    ssh.sort();
    put(&mut json, "ssh", json!(ssh));
    let mut hosts: Vec<String> = build
        .extra_hosts
        .iter()
        .flat_map(|(host, addresses)| {
            addresses
                .iter()
                .map(move |address| format!("{host}={address}"))
        })
        .collect();
    hosts.sort();
    put(&mut json, "extra_hosts", json!(hosts));
    Json::Object(json)
}

fn mounts(tree: &Tree<'_>) -> Json {
    let items = tree.as_list().unwrap_or_default().iter().map(|item| {
        let mut json = plain(item);
        if let Some(mode) = json.get("mode").and_then(Json::as_i64) {
            json["mode"] = json!(format!("{mode:04o}"));
        }
        json
    });
    items.collect()
}

/// A map or a list of `NAME=VALUE` as a map of texts.
fn pairs(tree: &Tree<'_>) -> Json {
    let mut json = Map::new();
    for entry in tree.as_map().into_iter().flat_map(|map| map.iter()) {
        json.insert(
            entry.name.to_string(),
            entry
                .value
                .to_value()
                .map_or(Json::Null, |value| known(&value)),
        );
    }
    for item in tree.as_list().unwrap_or_default() {
        let (name, value) = match &item.data {
            Data::Pair(pair) => {
                let value = pair.value.as_ref().and_then(Tree::to_value);
                (
                    pair.name.to_string(),
                    value.map_or(json!(""), |value| known(&value)),
                )
            }
            _ => {
                let text = item.as_str().unwrap_or_default();
                let (name, value) = text.split_once('=').unwrap_or((text, ""));
                (name.to_owned(), json!(value))
            }
        };
        json.insert(name, value);
    }
    Json::Object(json)
}

fn plain(tree: &Tree<'_>) -> Json {
    match &tree.data {
        Data::Null | Data::Timestamp => Json::Null,
        Data::Bool(value) => json!(value),
        Data::Int(value) => json!(value),
        Data::Unsigned(value) => json!(value),
        Data::Float(value) if value.fract() == 0.0 => json!(*value as i64),
        Data::Float(value) => json!(value),
        Data::Text(text) => known(&text.value),
        Data::Pair(pair) => json!(pair.name),
        Data::List(items) => items.iter().map(plain).collect(),
        Data::Map(map) => {
            let entries = map
                .iter()
                .map(|entry| (entry.name.to_string(), plain(&entry.value)));
            Json::Object(entries.collect())
        }
    }
}

fn tag(project: &Project<'_>, service: &Service<'_>) -> String {
    let image = service
        .image
        .as_ref()
        .and_then(|image| image.value.as_known());
    let project = project.name.as_known().unwrap_or_default();
    image.map_or_else(|| format!("{project}-{}", service.name), str::to_owned)
}

fn bake<'a>(
    project: &mut Project<'a>,
    services: &[Service<'a>],
    flags: &[Flag],
    proxies: &ClientProxies,
) -> Json {
    let mut targets = Map::new();
    for service in services {
        let Some(build) = &service.build else {
            continue;
        };
        let mut json = Map::new();
        let args = project.build_args(service, flags, proxies);
        let mut args = object(&args);
        args.as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        for value in args.as_object_mut().unwrap().values_mut() {
            *value = json!(value.as_str().unwrap_or("<unknown>").replace("${", "$${"));
        }
        put(&mut json, "args", args);
        put(&mut json, "context", known(&build.context.value));
        put(&mut json, "dockerfile", json!(build.dockerfile_path()));
        if let Dockerfile::Inline(inline, _) = &build.dockerfile {
            let text = inline.value.as_known().unwrap_or("<unknown>");
            put(
                &mut json,
                "dockerfile-inline",
                json!(text.replace("${", "$${")),
            );
        }
        put(&mut json, "target", text(build.target.as_ref()));
        let contexts = build.additional_contexts.iter().map(|context| {
            let value = context.value.value.as_known().unwrap_or("<unknown>");
            let value = match value.strip_prefix("service:") {
                Some(target) => format!("target:{}", target.replace('.', "_")),
                None => value.to_owned(),
            };
            (context.name.to_string(), json!(value))
        });
        put(&mut json, "contexts", Json::Object(contexts.collect()));
        put(&mut json, "secret", bake_secrets(project, build));
        let mut ssh: Vec<String> = build
            .ssh
            .iter()
            .map(|key| {
                format!(
                    "{}={}",
                    key.name,
                    key.value.value.as_known().unwrap_or_default()
                )
            })
            .collect();
        ssh.sort();
        put(&mut json, "ssh", json!(ssh));
        put(&mut json, "network", text(build.network.as_ref()));
        let platforms: Vec<Json> = build
            .platforms
            .iter()
            .map(|platform| known(&platform.value))
            .collect();
        put(&mut json, "platforms", json!(platforms));
        let hosts = build
            .extra_hosts
            .iter()
            .map(|(host, addresses)| (host.clone(), json!(addresses.join(","))));
        put(&mut json, "extra-hosts", Json::Object(hosts.collect()));
        for (key, name) in [
            ("cache_from", "cache-from"),
            ("cache_to", "cache-to"),
            ("pull", "pull"),
            ("no_cache", "no-cache"),
        ] {
            put(
                &mut json,
                name,
                fields(service).get(key).map_or(Json::Null, bake_field),
            );
        }
        let mut entitlements = fields(service).get("entitlements").map_or(json!([]), plain);
        if fields(service)
            .get("privileged")
            .is_some_and(|tree| bake_field(tree) == json!(true))
        {
            entitlements
                .as_array_mut()
                .unwrap()
                .push(json!("security.insecure"));
        }
        put(&mut json, "entitlements", entitlements);
        targets.insert(service.name.replace('.', "_"), Json::Object(json));
    }
    Json::Object(targets)
}

/// A boolean may be written as text.
fn bake_field(tree: &Tree<'_>) -> Json {
    match tree.as_str() {
        Some("true") => json!(true),
        Some("false") => json!(false),
        // Lists of options come out as the flags that buildx splits at commas.
        _ => match tree.as_list() {
            Some(items) => items
                .iter()
                .flat_map(|item| {
                    item.as_str()
                        .unwrap_or_default()
                        .split(',')
                        .map(|part| json!(part))
                })
                .collect(),
            None => plain(tree),
        },
    }
}

fn bake_secrets(project: &Project<'_>, build: &Build<'_>) -> Json {
    let lines = build.secrets.iter().filter_map(|secret| {
        let id = secret.id();
        match &project.secret(&secret.source)?.source {
            SecretSource::Environment(variable) => Some(format!(
                "id={id},type=env,env={}",
                variable.value.as_known()?
            )),
            SecretSource::File(file) => {
                Some(format!("id={id},type=file,src={}", file.value.as_known()?))
            }
            SecretSource::External | SecretSource::Missing => None,
        }
    });
    json!(lines.collect::<Vec<_>>())
}
