//! What several rules ask of a build, worked out once.

use std::cell::OnceCell;
use std::ops::Deref;
use std::rc::Rc;

use super::go::{GoDownload, go_downloads};
use super::need::{Need, has_network_settings, needs};
use super::scope::{Declarations, Unseen};
use super::settings::Setting;
use super::tool_settings::{ToolSetting, tool_settings};
use super::unseen::unseen;
use super::workspace::Build;
use crate::model::variables::is_network_setting;

/// A build, and what was found out about it so far.
#[derive(Debug)]
pub struct Analysis<'b> {
    build: &'b Build<'b>,
    declarations: OnceCell<Rc<Declarations<'b>>>,
    has_network_settings: OnceCell<bool>,
    network_settings: OnceCell<Vec<Setting<'b>>>,
    tool_settings: OnceCell<Vec<ToolSetting<'b>>>,
    needs: OnceCell<Vec<Need<'b>>>,
    go_downloads: OnceCell<Vec<GoDownload<'b>>>,
    unseen: OnceCell<Vec<Unseen<'b>>>,
}

impl<'b> Deref for Analysis<'b> {
    type Target = Build<'b>;

    fn deref(&self) -> &Self::Target {
        self.build
    }
}

impl<'b> Analysis<'b> {
    /// Nothing is worked out before somebody asks.
    pub fn of(build: &'b Build<'b>) -> Self {
        Self {
            build,
            declarations: OnceCell::new(),
            has_network_settings: OnceCell::new(),
            network_settings: OnceCell::new(),
            tool_settings: OnceCell::new(),
            needs: OnceCell::new(),
            go_downloads: OnceCell::new(),
            unseen: OnceCell::new(),
        }
    }

    /// The build, for as long as it lives.
    pub fn build(&self) -> &'b Build<'b> {
        self.build
    }

    /// Its `ARG`s.
    pub fn declarations(&self) -> &Rc<Declarations<'b>> {
        let work_out = || Rc::new(Declarations::of(self.build));
        self.declarations.get_or_init(work_out)
    }

    /// Whether the file or the build sets a proxy or mirror at all: without one there is nothing
    /// to follow.
    pub fn has_network_settings(&self) -> bool {
        let work_out = || has_network_settings(self.build);
        *self.has_network_settings.get_or_init(work_out)
    }

    /// The proxies and mirrors that the file gives a value, in order.
    pub fn network_settings(&self) -> impl Iterator<Item = Setting<'b>> {
        let is_of_network = |setting: &Setting<'_>| is_network_setting(setting.name);
        let work_out = || self.build.settings().filter(is_of_network).collect();
        let settings = self.network_settings.get_or_init(work_out);
        settings.iter().copied()
    }

    /// Those whose value this file tells: no part of it waits for a build argument, and it is not
    /// another one's, which is judged where it is set.
    pub fn told_settings(&self) -> impl Iterator<Item = Setting<'b>> {
        let settings = self.network_settings();
        settings.filter(|setting| self.build.is_told(setting))
    }

    /// What its commands write into the settings of tools, in file order.
    pub fn tool_settings(&self) -> &[ToolSetting<'b>] {
        let work_out = || tool_settings(self.build);
        self.tool_settings.get_or_init(work_out)
    }

    /// What the commands of a step write into the settings of tools.
    pub fn tool_settings_of(&self, step: usize) -> &[ToolSetting<'b>] {
        let all = self.tool_settings();
        let start = all.partition_point(|it| it.executed.step < step);
        let end = all.partition_point(|it| it.executed.step <= step);
        &all[start..end]
    }

    /// The commands that building the target runs and that may go to the network, in file order.
    pub fn needs(&self) -> &[Need<'b>] {
        self.needs.get_or_init(|| needs(self))
    }

    /// The Go commands that building the target runs and that surely fetch modules, in file order.
    pub fn go_downloads(&self) -> &[GoDownload<'b>] {
        self.go_downloads.get_or_init(|| go_downloads(self))
    }

    /// The variables that are mentioned out of an `ARG`'s scope: one entry for each stage and
    /// name, in order of the first mention.
    pub fn unseen(&self) -> &[Unseen<'b>] {
        self.unseen.get_or_init(|| unseen(self))
    }
}
