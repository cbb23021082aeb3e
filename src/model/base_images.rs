//! What the common public base images bring: the names they set with `ENV`, the default user, and
//! the distribution, which decides what `sh` and `wget` are.
//!
//! The facts stand in `base_images.tsv`, one image a line, read off the public Dockerfiles named in
//! its last column. They cover the Linux tags published since 2018:
//!
//! | column | says |
//! | --- | --- |
//! | image | repositories, separated by `,`; one `*` in each stands for any text |
//! | distro | of a tag that does not name one itself; `?` if that changed over time |
//! | shell | set with `SHELL`; `-` if the image leaves `/bin/sh` |
//! | user | `name:home` or `name`; `?` if tags differ |
//! | env | `NAME` or `NAME=value` in every tag, `?NAME` in some; `@image`: and all that image sets |
//! | source | where the facts are from |
//!
//! `PATH` is listed where the image changes it; a value that differs between tags is left out.

use std::sync::LazyLock;

use hashbrown::HashMap;

/// A public base image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseImage {
    /// Its repository as written in the table; several are separated by `,`.
    pub name: &'static str,
    /// What its Dockerfile sets with `ENV`, all names that some tag has.
    pub env: Vec<EnvName>,
    /// The user that RUN and the container get; `None` if tags differ.
    pub user: Option<User>,
    /// The public Dockerfile this was read off.
    pub source: &'static str,
    /// What `SHELL` in its Dockerfile makes of RUN's text.
    shell: Option<Shell>,
    /// The distribution of a tag that does not name one.
    distro: Distro,
}

impl BaseImage {
    fn has_name(&self, repository: &str) -> bool {
        self.name
            .split(',')
            .any(|pattern| matches(pattern, repository))
    }
}

/// A variable that a base image sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvName {
    /// The variable's name.
    pub name: &'static str,
    /// Its value, if it is the same in all tags that set it.
    pub value: Option<&'static str>,
    /// Whether every tag sets it.
    pub in_every_tag: bool,
}

/// The user an image's steps run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: &'static str,
    /// The home folder, if known.
    pub home: Option<&'static str>,
}

impl User {
    /// Whether it is root.
    pub fn is_root(&self) -> bool {
        self.name == "root"
    }
}

/// Families of distributions, as far as their shell and basic tools differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distro {
    /// Debian, Ubuntu: `sh` is dash, GNU tools.
    Debian,
    /// Alpine, Wolfi: `sh` and `wget` are BusyBox until a package replaces them.
    Alpine,
    /// Red Hat's family, Amazon, Azure and Oracle Linux: `sh` is bash, GNU tools.
    Rhel,
    /// Nothing but BusyBox.
    Busybox,
    /// No shell at all: distroless, chiseled, scratch.
    Distroless,
    /// Windows.
    Windows,
    /// Nothing tells.
    Unknown,
}

/// A shell that runs the text of a RUN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shell {
    /// `/bin/sh` of Debian and Ubuntu.
    Dash,
    /// bash, also as `/bin/sh`.
    Bash,
    /// BusyBox's ash.
    Busybox,
}

impl Distro {
    /// What `/bin/sh` is; `None` where there is none or nothing tells.
    pub fn sh(self) -> Option<Shell> {
        match self {
            Self::Debian => Some(Shell::Dash),
            Self::Rhel => Some(Shell::Bash),
            Self::Alpine | Self::Busybox => Some(Shell::Busybox),
            Self::Distroless | Self::Windows | Self::Unknown => None,
        }
    }

    /// Whether `wget` and its like are BusyBox's, unless a package was installed over them.
    pub fn has_busybox_tools(self) -> Option<bool> {
        self.sh().map(|sh| sh == Shell::Busybox)
    }
}

/// The public base image that `image_ref` names; tags and digests do not matter, and neither does
/// a tag that is not resolved yet (`golang:${VERSION}-alpine`). `None` for Windows tags of an
/// image that is described for Linux.
pub fn lookup(image_ref: &str) -> Option<&'static BaseImage> {
    let (repository, _) = split_tag(image_ref);
    let image = find_official(repository)?;
    (image.distro == Distro::Windows || distro(image_ref) != Distro::Windows).then_some(image)
}

/// The distribution of `image_ref`, guessed from its tag and name.
pub fn distro(image_ref: &str) -> Distro {
    let (repository, tag) = split_tag(image_ref);
    let usual = find_official(repository).map_or(Distro::Unknown, |i| i.distro);
    if usual == Distro::Distroless && words(tag).any(|word| word == "debug") {
        return Distro::Busybox;
    }
    let slim = words(tag)
        .any(|word| word == "slim")
        .then_some(Distro::Debian);
    named_distro(tag)
        .or((usual != Distro::Unknown).then_some(usual))
        .or_else(|| named_distro(repository))
        .or(slim)
        .unwrap_or(Distro::Unknown)
}

/// The shell that runs the text of a RUN on top of `image_ref`, as long as no `SHELL` follows.
pub fn shell(image_ref: &str) -> Option<Shell> {
    let (repository, _) = split_tag(image_ref);
    find_official(repository)
        .and_then(|image| image.shell)
        .or_else(|| distro(image_ref).sh())
}

static IMAGES: LazyLock<Vec<BaseImage>> = LazyLock::new(|| load(include_str!("base_images.tsv")));

fn load(table: &'static str) -> Vec<BaseImage> {
    let mut images = Vec::new();
    for row in table.lines().skip(1) {
        // The tests make sure that no row is dropped here.
        images.extend(parse_row(row, &images));
    }
    images
}

/// `above` are the rows before this one, for `@image`.
fn parse_row(row: &'static str, above: &[BaseImage]) -> Option<BaseImage> {
    let mut columns = row.split('\t');
    Some(BaseImage {
        name: columns.next()?,
        distro: parse_distro(columns.next()?)?,
        shell: match columns.next()? {
            "-" => None,
            "bash" => Some(Shell::Bash),
            _ => return None,
        },
        user: parse_user(columns.next()?),
        env: parse_env(columns.next()?, above)?,
        source: columns.next()?,
    })
}

fn parse_distro(text: &str) -> Option<Distro> {
    Some(match text {
        "debian" => Distro::Debian,
        "alpine" => Distro::Alpine,
        "rhel" => Distro::Rhel,
        "busybox" => Distro::Busybox,
        "distroless" => Distro::Distroless,
        "windows" => Distro::Windows,
        "?" => Distro::Unknown,
        _ => return None,
    })
}

fn parse_user(text: &'static str) -> Option<User> {
    (text != "?").then(|| match text.split_once(':') {
        Some((name, home)) => User {
            name,
            home: Some(home),
        },
        None => User {
            name: text,
            home: None,
        },
    })
}

fn parse_env(text: &'static str, above: &[BaseImage]) -> Option<Vec<EnvName>> {
    let mut env: Vec<EnvName> = Vec::new();
    for entry in text.split(' ').filter(|entry| *entry != "-") {
        let (in_every_tag, entry) = match entry.strip_prefix('?') {
            Some(entry) => (false, entry),
            None => (true, entry),
        };
        if let Some(parent) = entry.strip_prefix('@') {
            for &inherited in &find(above, parent)?.env {
                let in_every_tag = in_every_tag && inherited.in_every_tag;
                add(
                    &mut env,
                    EnvName {
                        in_every_tag,
                        ..inherited
                    },
                );
            }
        } else {
            let (name, value) = match entry.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (entry, None),
            };
            add(
                &mut env,
                EnvName {
                    name,
                    value,
                    in_every_tag,
                },
            );
        }
    }
    Some(env)
}

/// What an image always sets hides what it inherits. Otherwise one of several values it is, and
/// which one depends on the tag.
fn add(env: &mut Vec<EnvName>, new: EnvName) {
    match env.iter_mut().find(|known| known.name == new.name) {
        None => env.push(new),
        Some(known) if known.in_every_tag => {}
        Some(known) => {
            known.in_every_tag = new.in_every_tag;
            known.value = known.value.filter(|_| known.value == new.value);
        }
    }
}

/// The image of a repository, Docker Hub's names in any of their notations.
fn find_official(repository: &str) -> Option<&'static BaseImage> {
    static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(&IMAGES));
    INDEX.find(official_name(repository))
}

/// The images by name: a file has a lookup for each FROM and each RUN.
struct Index {
    images: &'static [BaseImage],
    named: HashMap<&'static str, usize>,
    /// Rows that have a `*`.
    patterns: Vec<usize>,
}

impl Index {
    fn new(images: &'static [BaseImage]) -> Self {
        let mut index = Self {
            images,
            named: HashMap::new(),
            patterns: Vec::new(),
        };
        for (row, image) in images.iter().enumerate() {
            for name in image.name.split(',').filter(|name| !name.contains('*')) {
                index.named.entry(name).or_insert(row);
            }
            if image.name.contains('*') {
                index.patterns.push(row);
            }
        }
        index
    }

    fn find(&self, repository: &str) -> Option<&'static BaseImage> {
        let mut patterns = self.patterns.iter();
        let named = self.named.get(repository);
        let row = named.or_else(|| patterns.find(|&&row| self.images[row].has_name(repository)))?;
        self.images.get(*row)
    }
}

fn find<'a>(images: &'a [BaseImage], repository: &str) -> Option<&'a BaseImage> {
    images.iter().find(|image| image.has_name(repository))
}

/// Whether `text` fits `pattern`, in which one `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => text
            .strip_prefix(start)
            .is_some_and(|rest| rest.ends_with(end)),
    }
}

/// `repository:tag@digest` as (repository, tag). The repository ends at the first `:` after the
/// last `/` that is certain: a variable such as `${TAG:-a/b}` may hold both.
fn split_tag(image_ref: &str) -> (&str, &str) {
    let named = image_ref.split('@').next().unwrap_or_default();
    let certain = named.split('$').next().unwrap_or_default();
    let last_part = certain.rfind('/').map_or(0, |slash| slash + 1);
    let colon = named.get(last_part..).and_then(|part| part.find(':'));
    colon
        .and_then(|colon| named.split_at_checked(last_part + colon))
        .map_or((named, ""), |(repository, tag)| {
            (repository, tag.trim_start_matches(':'))
        })
}

/// Hosts that serve Docker Hub's images under the same names.
const HUB: [&str; 9] = [
    "docker.io/",
    "index.docker.io/",
    "registry-1.docker.io/",
    "registry.hub.docker.com/",
    "public.ecr.aws/docker/",
    "mirror.gcr.io/",
    "mcr.microsoft.com/mirror/docker/",
    "docker.m.daocloud.io/",
    "docker.mirror.hashicorp.services/",
];

/// Repositories that hold one platform's share of the official images
/// (docker-library/official-images, "Architectures other than amd64?").
const PLATFORMS: [&str; 11] = [
    "amd64/",
    "arm32v5/",
    "arm32v6/",
    "arm32v7/",
    "arm64v8/",
    "i386/",
    "mips64le/",
    "ppc64le/",
    "riscv64/",
    "s390x/",
    "windows-amd64/",
];

/// `docker.io/library/golang`, `arm64v8/golang` and the like are `golang`.
fn official_name(repository: &str) -> &str {
    let strip = |prefixes: &[&str], name| {
        let stripped = |prefix: &&str| str::strip_prefix(name, prefix);
        prefixes.iter().find_map(stripped).unwrap_or(name)
    };
    let name = strip(&HUB, repository);
    strip(&PLATFORMS, name.strip_prefix("library/").unwrap_or(name))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
}

/// The distribution that the words of a tag or a repository name.
fn named_distro(text: &str) -> Option<Distro> {
    // `noble-chiseled` and `azurelinux3.0-distroless` name what they were cut from as well.
    if words(text).any(|word| matches!(word, "chiseled" | "distroless" | "scratch")) {
        return Some(Distro::Distroless);
    }
    words(text).find_map(|word| {
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
        Some(match name {
            "alpine" | "alpinelinux" | "wolfi" => Distro::Alpine,
            "debian" | "minideb" | "raspbian" | "wheezy" | "jessie" | "stretch" | "buster"
            | "bullseye" | "bookworm" | "trixie" | "forky" | "sid" => Distro::Debian,
            "ubuntu" | "trusty" | "xenial" | "bionic" | "focal" | "jammy" | "kinetic" | "lunar"
            | "mantic" | "noble" | "oracular" | "plucky" | "questing" | "resolute" => {
                Distro::Debian
            }
            "rhel" | "redhat" | "ubi" | "centos" | "fedora" | "rockylinux" | "rocky"
            | "almalinux" | "oracle" | "oraclelinux" | "amazonlinux" | "azurelinux" | "mariner"
            | "openeuler" | "tencentos" | "photon" => Distro::Rhel,
            // Too short to mean anything without their number: el8, ol9, al2023.
            "el" | "ol" | "al" if name != word => Distro::Rhel,
            "busybox" => Distro::Busybox,
            "windowsservercore" | "nanoserver" | "windows" | "ltsc" => Distro::Windows,
            _ => return None,
        })
    })
}

#[cfg(test)]
mod tests;
