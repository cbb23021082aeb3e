//! How a value came to where it is: hops in one arena.

use std::num::NonZeroU32;

use hashbrown::HashMap;

use crate::source::Location;

/// A hop in a [`Provenance`] arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HopId(NonZeroU32);

/// One place on a value's way: what happened to it, where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The bytes that did it; `None` for what stands in no file (a command-line argument, a base
    /// image's environment).
    pub at: Option<Location>,
    /// What they did.
    pub how: Mechanism,
    first_parent: u32,
    parents: u32,
}

/// What moved or set a value at a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// `ENV` of the base image.
    BaseImage,
    /// A default every image gets (`PATH`).
    ImageDefault,
    /// `--build-arg` on docklint's command line.
    BuildArgFlag,
    /// A build argument that BuildKit predefines from the platforms and the target.
    PredefinedArg,
    /// An `ARG` above the first `FROM`.
    GlobalArg,
    /// An `ARG` in a stage.
    Arg,
    /// An `ENV`.
    Env,
    /// `FROM stage` brings it from the parent stage.
    FromStage,
    /// A proxy build argument that BuildKit puts into every RUN's environment.
    ProxyEnv,
    /// `RUN --mount=type=secret,env=…`.
    SecretEnv,
    /// An assignment in the shell of a RUN.
    Shell,
    /// A tool's settings file, written by a command such as `go env -w`.
    ToolSetting,
    /// A line of `.env` or a file given with `--env-file`, used for interpolation.
    Dotenv,
    /// `${…}` in a compose file.
    Interpolation,
    /// `build.args` of a compose service.
    ComposeBuildArg,
    /// `environment` of a compose service.
    ComposeEnvironment,
    /// `env_file` of a compose service.
    ComposeEnvFile,
    /// `extends`, `include` or a later compose file that was merged over this one.
    ComposeMerge,
    /// `Environment=` of a unit or drop-in.
    UnitEnvironment,
    /// A line of a file named by `EnvironmentFile=`.
    UnitEnvironmentFile,
    /// The daemon's `daemon.json`.
    DaemonJson,
    /// A flag on the daemon's command line.
    DaemonFlag,
    /// `proxies` of the client's `config.json`.
    ClientProxies,
    /// The environment of the process that runs the tool.
    ProcessEnvironment,
}

/// Hops in one story.
const MAX_STORY: usize = 100;

/// The arena of hops. Every value carries the id of its last hop; the hops before it hang off that.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    hops: Vec<Hop>,
    parents: Vec<HopId>,
}

impl Provenance {
    /// Adds a hop that comes after `parents`.
    pub fn add(&mut self, how: Mechanism, at: Option<Location>, parents: &[HopId]) -> HopId {
        let index = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        self.hops.push(Hop {
            at,
            how,
            first_parent: index(self.parents.len()),
            parents: index(parents.len()),
        });
        self.parents.extend_from_slice(parents);
        let id = NonZeroU32::new(index(self.hops.len())).unwrap_or(NonZeroU32::MAX);
        HopId(id)
    }

    /// Takes over the way to a hop of another arena. `known` remembers what was taken already.
    pub fn adopt(
        &mut self,
        other: &Provenance,
        hop: HopId,
        known: &mut HashMap<HopId, HopId>,
    ) -> HopId {
        let mut adopted = hop;
        for id in other.story(hop) {
            adopted = match known.get(&id) {
                Some(&adopted) => adopted,
                None => {
                    let parents: Vec<HopId> = other
                        .parents(id)
                        .iter()
                        .filter_map(|parent| known.get(parent).copied())
                        .collect();
                    let Hop { how, at, .. } = *other.hop(id);
                    let adopted = self.add(how, at, &parents);
                    known.insert(id, adopted);
                    adopted
                }
            };
        }
        adopted
    }

    /// How many hops there are.
    pub fn len(&self) -> usize {
        self.hops.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.hops.is_empty()
    }

    /// Shows all hops added since there were `first` of them at another place.
    pub fn relocate(&mut self, first: usize, at: Option<Location>) {
        for hop in self.hops.iter_mut().skip(first) {
            hop.at = at;
        }
    }

    /// The hop of an id that this arena gave out.
    pub fn hop(&self, id: HopId) -> &Hop {
        &self.hops[id.0.get() as usize - 1]
    }

    /// The hops directly before `id`.
    pub fn parents(&self, id: HopId) -> &[HopId] {
        let hop = self.hop(id);
        &self.parents[hop.first_parent as usize..][..hop.parents as usize]
    }

    /// All hops on the way to `id`, origins first, `id` last, each once; of a way that nobody would
    /// read to its end, the last part. Iterative, so that no chain is too long.
    pub fn story(&self, id: HopId) -> Vec<HopId> {
        let mut story = Vec::new();
        let mut seen = hashbrown::HashSet::new();
        let mut stack = vec![(id, false)];
        while let Some((id, parents_done)) = stack.pop() {
            if parents_done {
                story.push(id);
            } else if seen.len() < MAX_STORY && seen.insert(id) {
                stack.push((id, true));
                stack.extend(self.parents(id).iter().rev().map(|&parent| (parent, false)));
            }
        }
        story
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_starts_at_its_origins_and_tells_each_hop_once() {
        let mut arena = Provenance::default();
        let global = arena.add(Mechanism::GlobalArg, None, &[]);
        let arg = arena.add(Mechanism::Arg, None, &[global]);
        let env = arena.add(Mechanism::Env, None, &[arg, global]);
        assert_eq!(arena.story(env), [global, arg, env]);
    }
}
