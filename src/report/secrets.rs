//! What a view must not show, wherever it was copied to: values travel from file to file.

use crate::finding::redact::{Door, Quotes};
use crate::flow::{Build, Origin, Told, Workspace};
use crate::model::Mechanism;
use crate::model::compose::Project;
use crate::source::FileId;

/// What is masked in a Dockerfile and in the files its build arguments come from, in the values it
/// gives and in the arguments it is given.
pub(super) fn of_build<'w>(
    workspace: &'w Workspace<'_>,
    build: &'w Build<'_>,
    door: Door<'_>,
) -> Quotes<'w> {
    let files = in_files_of(workspace, build, door);
    Quotes::new(of_values(build, door).chain(files))
}

/// What is masked in the values that a build gives and in the arguments it is given.
pub(super) fn of_values<'w>(build: &'w Build<'_>, door: Door<'_>) -> impl Iterator<Item = &'w str> {
    let settings = build.settings();
    let set = settings.map(|setting| (setting.name, setting.value));
    let given = build.model.build_args.iter();
    let given = given.map(|argument| (argument.name.as_str(), &argument.value));
    let named: Vec<_> = set.chain(given).collect();
    named
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_known()?)))
        .flat_map(move |(name, value)| door.secrets_of(name, value))
}

/// What is masked in a Dockerfile and in the files its build arguments come from.
pub(super) fn of_files<'w>(
    workspace: &'w Workspace<'_>,
    build: &Build<'_>,
    door: Door<'_>,
) -> Quotes<'w> {
    Quotes::new(in_files_of(workspace, build, door))
}

fn in_files_of<'w>(
    workspace: &'w Workspace<'_>,
    build: &Build<'_>,
    door: Door<'_>,
) -> Vec<&'w str> {
    let project = match build.origin {
        Origin::Service { project, .. } => workspace.projects.get(project),
        Origin::Plain => None,
    };
    let mut files = vec![build.file];
    files.extend(project.into_iter().flat_map(files_of));
    let mut secrets = masked(workspace, files, door);
    secrets.extend(project.into_iter().flat_map(|it| put_together(it, door)));
    secrets
}

/// What is masked in the files that a compose project is made of.
pub(super) fn of_project<'w>(
    workspace: &'w Workspace<'_>,
    project: &'w Project<'_>,
    door: Door<'_>,
) -> Quotes<'w> {
    let files = masked(workspace, files_of(project), door);
    Quotes::new(files.into_iter().chain(put_together(project, door)))
}

/// What is masked in the values that `.env` and `env_file` put together of others: it stands in no
/// file as a whole.
fn put_together<'w>(project: &'w Project<'_>, door: Door<'_>) -> Vec<&'w str> {
    let settings = project.dotenv.iter();
    let settings = settings.map(|it| (&it.name, it.value.as_ref()));
    let entries = project.services.iter().flat_map(|it| &it.environment);
    let of_files =
        entries.filter(|it| project.provenance.hop(it.hop).how == Mechanism::ComposeEnvFile);
    let of_files = of_files.map(|it| (&it.name, it.value.as_ref()));
    let known = settings
        .chain(of_files)
        .filter_map(|(name, value)| Some((name, value?.as_known()?)));
    known
        .flat_map(|(name, value)| door.secrets_of_shell(name, value))
        .collect()
}

fn files_of(project: &Project<'_>) -> Vec<FileId> {
    let settings = project.dotenv.iter().map(|setting| setting.name_at.file);
    let services = project.services.iter();
    let env_files = services.flat_map(|service| &service.env_files);
    let env_files = env_files.filter_map(|file| file.file);
    let own = project.files.iter().copied();
    own.chain(settings).chain(env_files).collect()
}

fn masked<'w>(
    workspace: &'w Workspace<'_>,
    mut files: Vec<FileId>,
    door: Door<'_>,
) -> Vec<&'w str> {
    files.sort_unstable();
    files.dedup();
    let mut secrets = Vec::new();
    for file in files {
        let source = workspace.source(file);
        let mask = door.mask(source);
        secrets.extend(mask.secrets(source.text()).map(str::trim));
    }
    // What was told of the caller's shell stands in no file.
    let told = workspace.told.iter();
    secrets.extend(told.flat_map(|told| of_told(told, door)));
    secrets
}

/// What is masked in a value that was told: if it is of somebody's shell, as in `.env`.
pub(super) fn of_told<'w>(told: &'w Told, door: Door<'_>) -> Vec<&'w str> {
    match told.is_shared {
        true => door.secrets_of(&told.name, &told.value).collect(),
        false => door.secrets_of_shell(&told.name, &told.value),
    }
}
