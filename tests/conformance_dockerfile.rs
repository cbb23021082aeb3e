//! BuildKit's frontend is the referee: every case of `dockerfile/`, one test per case and part.

#[path = "support/cases.rs"]
mod cases;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use docklint::model::dockerfile::{
    Action, Base, BaseImage, BaseImages, Build, BuildArg, BuildError, CopiedFrom, Invocation,
    Mount, MountKind, Network, Phase, Platform, Program, Reference, Run, Scope, SourceKind, Stage,
    Step,
};
use docklint::model::{Mechanism, Value as ModelValue};
use docklint::source::{FileId, FileKind, SourceFile};
use docklint::syntax::dockerfile::{self, Arguments, Command, Dockerfile, Instruction, Word};
use libtest_mimic::{Arguments as TestArguments, Failed, Trial};
use serde_json::{Value, json};
/// Compares a part of a case.
type Check = fn(&Path) -> Result<(), Failed>;

fn main() -> ExitCode {
    let arguments = TestArguments::from_args();
    let mut trials = Vec::new();
    for case in cases::cases("dockerfile") {
        let name = name(&case);
        let parts: [(&str, Check); 3] = [("ast", ast), ("structure", structure), ("build", build)];
        for (part, check) in parts {
            let case = case.clone();
            trials.push(Trial::test(format!("{part}::{name}"), move || check(&case)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The name of a case.
fn name(case: &Path) -> String {
    case.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// A JSON file of a case.
fn json(case: &Path, file: &str) -> serde_json::Value {
    let bytes = std::fs::read(case.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Fails with both values where they differ.
fn same(what: &str, ours: &serde_json::Value, theirs: &serde_json::Value) -> Result<(), String> {
    if ours == theirs {
        return Ok(());
    }
    Err(format!(
        "{what}\n  docklint: {ours:#}\n  referee:  {theirs:#}"
    ))
}

fn source(case: &Path) -> SourceFile {
    let bytes = std::fs::read(case.join("Dockerfile")).expect("a case has a Dockerfile");
    SourceFile::new(
        FileId(0),
        "Dockerfile".to_owned(),
        FileKind::Dockerfile,
        bytes,
    )
}

/// The tree: every node with its lines, flags, arguments, heredocs and comments.
fn ast(case: &Path) -> Result<(), Failed> {
    let expected = &json(case, "expected.json")["ast"];
    let source = source(case);
    let file = dockerfile::parse(&source);
    if let Some(error) = expected.get("error") {
        let lines: Vec<Value> = file.errors.iter().map(|e| lines(e.lines)).collect();
        same(
            "the first error's lines",
            &json!([lines.first()]),
            &error["lines"],
        )?;
        return Ok(());
    }
    if let Some(error) = file.errors.first() {
        return Err(format!("BuildKit accepts this file: {error:?}").into());
    }
    same("escape", &json!(file.escape), &expected["escape"])?;
    let directives: Vec<Value> = file
        .directives
        .iter()
        .take_while(|d| !d.indented)
        .map(|d| json!({"name": d.name, "value": d.value, "line": d.line}))
        .collect();
    if expected.get("directives_error").is_none() {
        same("directives", &json!(directives), &expected["directives"])?;
    }
    let frontend = file.frontend.as_ref().map_or(
        Value::Null,
        |f| json!({"ref": f.image, "cmdline": f.command_line, "line": f.line}),
    );
    same("syntax", &frontend, &expected["syntax"])?;
    let nodes: Vec<Value> = file.instructions.iter().map(|i| node(i, &file)).collect();
    let mut theirs = expected["nodes"].clone();
    for node in theirs.as_array_mut().into_iter().flatten() {
        // Says that `original` was not valid UTF-8: ours is compared with its replacements.
        node.as_object_mut().map(|node| node.remove("lossy_utf8"));
    }
    same("nodes", &json!(nodes), &theirs)?;
    let warnings: Vec<Value> = file
        .instructions
        .iter()
        .filter(|i| i.has_empty_continuation)
        .map(|i| lines((i.lines.1, i.lines.1)))
        .collect();
    let expected_warnings: Vec<Value> = expected["warnings"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|w| w["lines"][0].clone())
        .collect();
    same(
        "empty continuations",
        &json!(warnings),
        &json!(expected_warnings),
    )?;
    Ok(())
}

fn lines(lines: (u32, u32)) -> Value {
    json!([lines.0, lines.1])
}

fn node(instruction: &Instruction<'_>, file: &Dockerfile<'_>) -> Value {
    let mut node = command(&instruction.command, instruction);
    node["lines"] = lines(instruction.lines);
    if !instruction.comments.is_empty() {
        node["comments"] = json!(instruction.comments);
    }
    if !instruction.heredocs.is_empty() {
        let heredocs = instruction.heredocs.iter().map(|heredoc| {
            assert_eq!(&file.text[heredoc.body_span.range()], heredoc.body);
            json!({
                "name": heredoc.name,
                "expand": heredoc.expand,
                "chomp": heredoc.chomp,
                "content": heredoc.body,
            })
        });
        node["heredocs"] = heredocs.collect();
    }
    // The frontend shows bytes that are not UTF-8 as U+FFFD.
    let text = node.to_string().replace("\\u001a", "\u{fffd}");
    serde_json::from_str(&text).expect("the replacement is valid in a string")
}

fn command(command: &Command, instruction: &Instruction<'_>) -> Value {
    let text = |word: &Word| instruction.text(word).to_owned();
    let mut node = json!({
        "cmd": text(&command.keyword_word),
        "lines": [0, 0],
        "args": arguments(&command.arguments, instruction, command),
        "original": original(command, instruction),
    });
    let flags: Vec<String> = command.flags.iter().map(text).collect();
    if !flags.is_empty() {
        node["flags"] = json!(flags);
    }
    let is_json = match &command.arguments {
        Arguments::Json(_) => true,
        Arguments::Health(_, rest) => matches!(**rest, Arguments::Json(_)),
        _ => false,
    };
    if is_json {
        node["json"] = json!(true);
    }
    if let Arguments::Trigger(trigger) = &command.arguments {
        node["sub"] = self::command(trigger, instruction);
    }
    node
}

/// The text a node was read from: the whole joined line, or a trigger's part of it.
fn original(command: &Command, instruction: &Instruction<'_>) -> String {
    let text = &*instruction.line.text;
    if command.keyword_word == instruction.command.keyword_word {
        return text.to_owned();
    }
    text[command.keyword_word.start as usize..]
        .trim()
        .to_owned()
}

fn arguments(arguments: &Arguments, instruction: &Instruction<'_>, of: &Command) -> Vec<String> {
    let text = |word: &Word| instruction.text(word).to_owned();
    if of.keyword == dockerfile::Keyword::Unknown {
        return vec![String::new()];
    }
    match arguments {
        Arguments::None | Arguments::Trigger(_) => Vec::new(),
        Arguments::Words(words) | Arguments::Json(words) => words.iter().map(text).collect(),
        Arguments::Text(word) => vec![text(word)],
        Arguments::Pairs(pairs) => pairs
            .iter()
            .flat_map(|pair| {
                let equals = if pair.legacy { "" } else { "=" };
                [text(&pair.key), text(&pair.value), equals.to_owned()]
            })
            .collect(),
        Arguments::Health(kind, rest) => std::iter::once(text(kind))
            .chain(self::arguments(rest, instruction, of))
            .collect(),
    }
}

/// What a case says besides the file.
struct Setup<'f> {
    invocation: Invocation<'f>,
    images: CaseImages<'f>,
}

/// The base images of a case: they have a PATH only, unless the case says more.
struct CaseImages<'f> {
    env: Value,
    config: Value,
    onbuild: Vec<(String, Dockerfile<'f>)>,
}

impl<'f> BaseImages<'f> for &'f CaseImages<'f> {
    fn config(&self, reference: &Reference) -> BaseImage<'f> {
        let names = |object: &Value| -> Vec<String> {
            let keys = object.as_object().into_iter().flatten();
            keys.map(|(name, _)| name.clone()).collect()
        };
        let same = |name: &String| Reference::parse(name).as_ref() == Ok(reference);
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        let given = names(&self.env).into_iter().find(|name| same(name));
        let given = given.map(|name| self.env[name].clone());
        let mut env: Vec<String> = strings(&given.unwrap_or_default());
        if !env.iter().any(|entry| entry.starts_with("PATH=")) {
            env.insert(0, path.to_owned());
        }
        let config = names(&self.config).into_iter().find(|name| same(name));
        let config = config.map_or(Value::Null, |name| self.config[name].clone());
        env.extend(strings(&config["Env"]));
        let pair = |entry: &String| {
            let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
            (name.to_owned().into(), ModelValue::known(value.to_owned()))
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        BaseImage {
            env: env.iter().map(pair).collect(),
            is_complete: true,
            is_public: true,
            user: text(&config["User"]),
            workdir: text(&config["WorkingDir"]),
            shell: config["Shell"]
                .as_array()
                .map(|_| strings(&config["Shell"]).into()),
            onbuild: self
                .onbuild
                .iter()
                .find(|(name, _)| same(name))
                .map(|(_, file)| file),
        }
    }
}

fn strings(value: &Value) -> Vec<String> {
    let values = value.as_array().into_iter().flatten();
    values
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}

/// The triggers of a case's base images, a file of instructions for each image.
fn onbuild_sources(case: &Value) -> Vec<(String, SourceFile)> {
    let images = case["base_config"].as_object().into_iter().flatten();
    images
        .map(|(name, config)| {
            let text = strings(&config["OnBuild"]).join("\n");
            let file = SourceFile::new(
                FileId(1),
                name.clone(),
                FileKind::Dockerfile,
                text.into_bytes(),
            );
            (name.clone(), file)
        })
        .collect()
}

fn setup<'f>(case: &Value, onbuild: &'f [(String, SourceFile)]) -> Setup<'f> {
    let mut invocation = Invocation::default();
    for (name, value) in case["build_args"].as_object().into_iter().flatten() {
        let hop = invocation
            .provenance
            .add(Mechanism::BuildArgFlag, None, &[]);
        invocation.build_args.push(BuildArg {
            name: name.clone(),
            value: ModelValue::known(value.as_str().unwrap_or_default().to_owned()),
            hop,
        });
    }
    invocation.target = case["target"].as_str().map(str::to_owned);
    invocation.platform = case["platform"].as_str().and_then(Platform::parse);
    invocation.network = match case["opts"]["force-network-mode"].as_str() {
        Some("host") => Network::Host,
        Some("none") => Network::None,
        _ => Network::Default,
    };
    let images = CaseImages {
        env: case["base_env"].clone(),
        config: case["base_config"].clone(),
        onbuild: onbuild
            .iter()
            .map(|(name, source)| (name.clone(), dockerfile::parse(source)))
            .collect(),
    };
    Setup { invocation, images }
}

/// Stages and global arguments, and the errors of their shape.
fn structure(case: &Path) -> Result<(), Failed> {
    let expected = &json(case, "expected.json")["structure"];
    let source = source(case);
    let file = dockerfile::parse(&source);
    if !file.errors.is_empty() {
        // The frontend stops at these; part `ast` compares them.
        return Ok(same("stages", &json!([]), &expected["stages"])?);
    }
    let structure = docklint::model::dockerfile::structure(&file);
    let shape_error = structure
        .errors
        .iter()
        .find(|error| !error.lines.is_empty());
    same(
        "the error's lines",
        &json!(shape_error.map(error_lines)),
        &expected["error"].get("lines").cloned().unwrap_or_default(),
    )?;
    if shape_error.is_some() {
        return Ok(());
    }
    let globals: Vec<Value> = structure
        .globals
        .iter()
        .map(|instruction| {
            let Arguments::Words(words) = &instruction.command.arguments else {
                return Value::Null;
            };
            let argument = |word: &Word| match instruction.text(word).split_once('=') {
                Some((key, value)) => json!({"key": key, "value": value}),
                None => json!({"key": instruction.text(word), "value": null}),
            };
            json!({
                "args": words.iter().map(argument).collect::<Vec<_>>(),
                "lines": lines(instruction.lines),
            })
        })
        .collect();
    same("global arguments", &json!(globals), &expected["meta_args"])?;
    let stages: Vec<Value> = structure
        .stages
        .iter()
        .enumerate()
        .map(|(index, stage)| {
            let instruction = |i: &&Instruction<'_>| {
                json!({
                    "name": i.text(&i.command.keyword_word),
                    "lines": lines(i.lines),
                })
            };
            let mut json = json!({
                "index": index,
                "name": stage.name.as_deref().unwrap_or_default(),
                "base": stage.base.map(|base| stage.from.text(base)),
                "lines": lines(stage.from.lines),
                "instrs": stage.instructions.iter().map(instruction).collect::<Vec<_>>(),
            });
            if let Some((platform, _)) = stage.platform {
                json["platform"] = json!(platform);
            }
            json
        })
        .collect();
    same("stages", &json!(stages), &expected["stages"])?;
    Ok(())
}

fn error_lines(error: &BuildError) -> Vec<Value> {
    let mut all: Vec<Value> = error.lines.iter().map(|&l| lines(l)).collect();
    all.dedup();
    all
}

/// What every step of every stage sees, mounts and fetches, and the first error.
fn build(case: &Path) -> Result<(), Failed> {
    let expected = &json(case, "expected.json")["build"];
    let case_json = json(case, "case.json");
    let source = source(case);
    let file = dockerfile::parse(&source);
    let onbuild = onbuild_sources(&case_json);
    let setup = setup(&case_json, &onbuild);
    let images = &setup.images;
    let build = docklint::model::dockerfile::simulate(&source, &file, &setup.invocation, &images);
    let before_parsing = build
        .errors
        .first()
        .is_some_and(|error| error.phase == Phase::Options);
    if let Some(error) = file.errors.first().filter(|_| !before_parsing) {
        let ours = match error.kind {
            // For an empty file the build names no place.
            dockerfile::SyntaxErrorKind::EmptyFile => json!([]),
            _ => json!([lines(error.lines)]),
        };
        return Ok(same(
            "the syntax error's lines",
            &ours,
            &expected["error"]["lines"],
        )?);
    }
    same(
        "the build's error",
        &json!(requested_error(&build).map(error_lines)),
        &distinct_lines(expected.get("error")),
    )?;
    let Some(stages) = expected["stages"].as_array() else {
        return Ok(());
    };
    same("stages", &json!(build.stages.len()), &json!(stages.len()))?;
    for (index, theirs) in stages.iter().enumerate() {
        stage(&build, index, theirs)?;
    }
    Ok(())
}

/// The error of the build that the case asks for.
fn requested_error<'b>(build: &'b Build<'_>) -> Option<&'b BuildError> {
    let before_target = build
        .errors
        .iter()
        .find(|error| matches!(error.scope, Scope::File | Scope::Target));
    match before_target {
        Some(error) => Some(error),
        None => build.first_error(build.target?),
    }
}

fn distinct_lines(error: Option<&Value>) -> Value {
    let Some(error) = error else {
        return Value::Null;
    };
    let mut lines = error["lines"].as_array().cloned().unwrap_or_default();
    lines.dedup();
    json!(lines)
}

fn stage(build: &Build<'_>, index: usize, theirs: &Value) -> Result<(), Failed> {
    let at = |what: &str| format!("stage {index}: {what}");
    let stage = &build.stages[index];
    same(
        &at("name"),
        &json!(stage.name.as_deref().unwrap_or_default()),
        &theirs["name"],
    )?;
    same(
        &at("error"),
        &json!(build.first_error(index).map(error_lines)),
        &distinct_lines(theirs.get("error")),
    )?;
    // The referee took a stage to be reached if the target's graph has a node of it; a stage that
    // only sets variables has none, though its children see them.
    let put_together =
        requested_error(build).is_none_or(|error| matches!(error.scope, Scope::Output(_)));
    let reachable = put_together
        && build.target.is_some_and(|target| {
            build.reachable(target)[index] && (target == index || has_node(build, stage))
        });
    same(&at("reachable"), &json!(reachable), &theirs["reachable"])?;
    if theirs.get("error").is_some() {
        return Ok(());
    }
    let execs: Vec<Value> = build.steps[stage.steps.clone()]
        .iter()
        .filter_map(|step| match &step.action {
            Action::Run(run) => Some(exec(build, step, run)),
            _ => None,
        })
        .collect();
    let mut their_execs = theirs["execs"].as_array().cloned().unwrap_or_default();
    for exec in &mut their_execs {
        let exec = exec.as_object_mut().ok_or("an exec is an object")?;
        // How a step is called, and on which platform and host it runs, no rule asks.
        exec.retain(|key, _| !matches!(key.as_str(), "progress_name" | "platform" | "hostname"));
        exec.entry("mounts").or_insert(json!([]));
    }
    same(&at("execs"), &json!(execs), &json!(their_execs))?;
    let mut env: Vec<_> = build.image.all_at(stage.image_end);
    env.sort_by_key(|change| change.first);
    let env: Vec<String> = env
        .iter()
        .map(|change| format!("{}={}", change.name, known(&change.value)))
        .collect();
    same(&at("config env"), &json!(env), &theirs["config"]["Env"])?;
    let ours = sources(build, index);
    let theirs = their_sources(theirs);
    // Where two stages fetch the same, the graph has it once, with the lines of one of them.
    let kept: BTreeSet<_> = ours.intersection(&theirs).cloned().collect();
    same(&at("sources' lines"), &json!(kept), &json!(theirs))?;
    let ids = |sources: &BTreeSet<(String, String)>| -> BTreeSet<String> {
        sources.iter().map(|(id, _)| id.clone()).collect()
    };
    same(&at("sources"), &json!(ids(&ours)), &json!(ids(&theirs)))?;
    Ok(())
}

/// Whether a stage has a node of its own in a graph: its image, or a step that makes a layer.
fn has_node(build: &Build<'_>, stage: &Stage<'_>) -> bool {
    let makes_layer = |step: &Step<'_>| {
        matches!(step.action, Action::Run(_) | Action::Copy(_))
            || step.command.keyword == dockerfile::Keyword::Workdir
    };
    matches!(stage.base, Base::Image(_)) || build.steps[stage.steps.clone()].iter().any(makes_layer)
}

fn known(value: &ModelValue<'_>) -> String {
    value
        .as_known()
        .map_or_else(|| format!("{value:?}"), str::to_owned)
}

fn exec(build: &Build<'_>, step: &Step<'_>, run: &Run<'_>) -> Value {
    let mut env: Vec<String> = build
        .environment_of(step)
        .iter()
        .map(|change| format!("{}={}", change.name, known(&change.value)))
        .collect();
    let mut agents = run
        .mounts
        .iter()
        .filter(|(mount, _)| mount.kind == MountKind::Ssh);
    if let Some((agent, _)) = agents.next()
        && build.environment.at(step.start, "SSH_AUTH_SOCK").is_none()
    {
        env.push(format!("SSH_AUTH_SOCK={}", agent_target(agent, 0)));
    }
    let mut exec = json!({
        "lines": lines(step.lines()),
        "args": run.program.arguments(),
        "env": env,
        "proxy_env": proxy_env(build),
        "cwd": known(&run.workdir),
        "network": network(run.network),
        "mounts": mounts(build, run),
    });
    if let Some(user) = &run.user {
        exec["user"] = json!(known(user));
    }
    exec
}

fn network(network: Network) -> &'static str {
    match network {
        Network::Default => "default",
        Network::None => "none",
        Network::Host => "host",
    }
}

fn proxy_env(build: &Build<'_>) -> Value {
    let fields: serde_json::Map<String, Value> = build
        .proxies
        .iter()
        .filter(|proxy| !proxy.value.is_empty())
        .map(|proxy| {
            let field = proxy.name.trim_end_matches("_proxy").to_owned();
            (field, json!(known(&proxy.value)))
        })
        .collect();
    if build.proxies.is_empty() {
        Value::Null
    } else {
        Value::Object(fields)
    }
}

fn agent_target(agent: &Mount<'_>, index: usize) -> String {
    match &agent.target {
        Some(target) => known(target),
        None => format!("/run/buildkit/ssh_agent.{index}"),
    }
}

fn mounts(build: &Build<'_>, run: &Run<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    if let Program::File { script, .. } = &run.program {
        all.push(json!({
            "type": "bind",
            "dest": "/dev/pipes/",
            "from": "file",
            "selector": "/",
            "readonly": true,
            "content": script.text,
        }));
    }
    let mut late = Vec::new();
    let mut agents = 0;
    for (mount, _) in &run.mounts {
        match mount.kind {
            MountKind::Secret => late.extend(secret(mount)),
            MountKind::Ssh => {
                let mut json = json!({"type": "ssh", "dest": agent_target(mount, agents)});
                if let Some(id) = &mount.id {
                    json["id"] = json!(known(id));
                }
                if !mount.required {
                    json["optional"] = json!(true);
                }
                agents += 1;
                late.push(json);
            }
            MountKind::Bind | MountKind::Cache | MountKind::Tmpfs => {
                all.push(files(build, run, mount));
            }
        }
    }
    // The frontend's graph lists files by their target, then secrets and agents.
    all.sort_by_key(|mount| mount["dest"].as_str().map(str::to_owned));
    all.extend(late);
    all
}

fn secret(mount: &Mount<'_>) -> Vec<Value> {
    let target = mount.target.as_ref().map(known);
    let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let id = mount
        .id
        .as_ref()
        .or(mount.source.as_ref())
        .map(known)
        .or_else(|| target.as_deref().map(base))
        .unwrap_or_default();
    let dest = target.clone().or_else(|| {
        let default = format!("/run/secrets/{}", base(&id));
        mount.env.is_none().then_some(default)
    });
    let mut all = Vec::new();
    if let Some(dest) = dest {
        all.push(json!({"type": "secret", "dest": dest, "id": id}));
    }
    if let Some(env) = &mount.env {
        all.push(json!({"type": "secret-env", "env": known(env), "id": id}));
    }
    for json in &mut all {
        if !mount.required {
            json["optional"] = json!(true);
        }
    }
    all
}

fn files(build: &Build<'_>, run: &Run<'_>, mount: &Mount<'_>) -> Value {
    let target = mount.target.as_ref().map(known).unwrap_or_default();
    let dest = if target.starts_with('/') {
        target.clone()
    } else {
        format!("{}/{target}", known(&run.workdir).trim_end_matches('/'))
    };
    let mut json = json!({"dest": dest});
    match mount.kind {
        MountKind::Cache => {
            let id = mount.id.as_ref().map_or(target, known);
            json["type"] = json!("cache");
            let namespace = build
                .build_args
                .iter()
                .find(|arg| arg.name == "BUILDKIT_CACHE_MOUNT_NS")
                .map(|arg| known(&arg.value))
                .unwrap_or_default();
            json["id"] = json!(format!("{namespace}/{id}"));
            json["sharing"] = json!(mount.sharing.as_deref().unwrap_or("shared"));
        }
        MountKind::Tmpfs => json["type"] = json!("tmpfs"),
        _ => {
            json["type"] = json!("bind");
            json["from"] = json!(bind_source(build, mount));
        }
    }
    let source = mount.source.as_ref().map(known).unwrap_or_default();
    let source = format!("/{}", source.trim_matches('/'));
    if source != "/" && mount.kind != MountKind::Tmpfs {
        json["selector"] = json!(source);
    }
    if mount.read_only {
        json["readonly"] = json!(true);
    }
    json
}

/// What the state that a bind mount shows was made by last.
fn bind_source(build: &Build<'_>, mount: &Mount<'_>) -> String {
    let Some(from) = &mount.from else {
        return "local://context".to_owned();
    };
    let named = build
        .stages
        .iter()
        .rposition(|stage| stage.name.as_deref() == Some(&from.to_lowercase()));
    let Some(mut index) = named else {
        return Reference::parse(from).map_or_else(str::to_owned, |reference| {
            format!("docker-image://{reference}")
        });
    };
    loop {
        let stage = &build.stages[index];
        for step in build.steps[stage.steps.clone()].iter().rev() {
            match &step.action {
                Action::Run(_) => return "exec".to_owned(),
                Action::Copy(_) => return "file".to_owned(),
                _ => {}
            }
        }
        match &stage.base {
            Base::Stage(parent) => index = *parent,
            Base::Image(Some(reference)) => return format!("docker-image://{reference}"),
            Base::Image(None) | Base::Scratch => return String::new(),
        }
    }
}

/// What the stage's graph fetches, as (id, lines) in order of id.
fn sources(build: &Build<'_>, target: usize) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    let mut add = |id: String, lines: Value| all.insert((id, lines.to_string()));
    let mut stack = vec![target];
    let mut seen = vec![false; build.stages.len()];
    while let Some(index) = stack.pop() {
        if std::mem::replace(&mut seen[index], true) {
            continue;
        }
        let stage = &build.stages[index];
        match &stage.base {
            Base::Stage(parent) => stack.push(*parent),
            Base::Image(Some(reference)) => {
                let line = lines(stage.from.lines);
                add(format!("docker-image://{reference}"), line);
            }
            Base::Image(None) | Base::Scratch => {}
        }
        for step in &build.steps[stage.steps.clone()] {
            step_sources(build, step, &mut stack, &mut add);
        }
    }
    all
}

fn step_sources(
    build: &Build<'_>,
    step: &Step<'_>,
    stack: &mut Vec<usize>,
    add: &mut impl FnMut(String, Value) -> bool,
) {
    match &step.action {
        Action::Run(run) => {
            for (mount, _) in &run.mounts {
                if !matches!(mount.kind, MountKind::Bind | MountKind::Cache) {
                    continue;
                }
                let named = mount.from.as_deref().map(|from| {
                    let same = |s: &Stage<'_>| s.name.as_deref() == Some(&from.to_lowercase());
                    (from, build.stages.iter().rposition(same))
                });
                match named {
                    Some((_, Some(stage))) => stack.push(stage),
                    Some(("scratch", None)) => {}
                    Some((image, None)) => {
                        if let Ok(reference) = Reference::parse(image) {
                            add(format!("docker-image://{reference}"), Value::Null);
                        }
                    }
                    None if mount.kind == MountKind::Bind => {
                        add("local://context".to_owned(), Value::Null);
                    }
                    None => {}
                }
            }
        }
        Action::Copy(copied) => {
            for source in &copied.sources {
                match &source.kind {
                    SourceKind::Http => {
                        add(known(&source.value), Value::Null);
                    }
                    SourceKind::Git {
                        repository,
                        reference,
                        folder,
                    } => {
                        let mut id = format!("git://{repository}");
                        if !reference.is_empty() || !folder.is_empty() {
                            id.push('#');
                            id.push_str(reference);
                        }
                        if !folder.is_empty() {
                            id.push(':');
                            id.push_str(folder);
                        }
                        add(id, Value::Null);
                    }
                    SourceKind::Path => match &copied.from {
                        None => {
                            add("local://context".to_owned(), Value::Null);
                        }
                        Some(CopiedFrom::Stage(stage)) => stack.push(*stage),
                        Some(CopiedFrom::Image(image)) => {
                            if let Ok(reference) = Reference::parse(image) {
                                let line = lines(step.lines());
                                add(format!("docker-image://{reference}"), line);
                            }
                        }
                    },
                }
            }
        }
        _ => {}
    }
}

fn their_sources(theirs: &Value) -> BTreeSet<(String, String)> {
    let sources = theirs["sources"].as_array().into_iter().flatten();
    sources
        .map(|source| {
            let id = source["id"].as_str().unwrap_or_default().to_owned();
            (id, source["lines"].to_string())
        })
        .collect()
}
