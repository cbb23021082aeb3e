//! What base images bring: the project's configuration, then the table of common images.

use std::borrow::Cow;

use crate::model::base_images;
use crate::model::dockerfile::{BaseImage, BaseImages, Reference};
use crate::model::{Unknown, Value};

/// `[base-images]` of the configuration: what images of this name set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSetting {
    /// The image's name as in FROM, where `*` stands for any text; a tag need not be given.
    pub pattern: String,
    /// The variables it sets, with their values where those are told.
    pub env: Vec<(String, Option<String>)>,
}

/// Knows base images.
#[derive(Clone, Copy, Debug)]
pub struct Images<'a> {
    /// What the project says, which wins.
    pub settings: &'a [ImageSetting],
}

/// Registries that serve images to everybody: what they serve was not made by the project.
const PUBLIC_REGISTRIES: [&str; 14] = [
    "docker.io",
    "mcr.microsoft.com",
    "gcr.io",
    "quay.io",
    "ghcr.io",
    "public.ecr.aws",
    "registry.k8s.io",
    "k8s.gcr.io",
    "registry.access.redhat.com",
    "registry.redhat.io",
    "registry.fedoraproject.org",
    "container-registry.oracle.com",
    "nvcr.io",
    "docker.elastic.co",
];

impl<'f> BaseImages<'f> for Images<'_> {
    fn config(&self, reference: &Reference) -> BaseImage<'f> {
        let name = reference.familiar();
        if let Some(setting) = self.settings.iter().find(|setting| setting.fits(&name)) {
            return BaseImage {
                env: setting.env.iter().map(variable).collect(),
                is_complete: true,
                ..BaseImage::default()
            };
        }
        let is_public = PUBLIC_REGISTRIES.contains(&reference.domain.as_str());
        let Some(image) = base_images::lookup(&name) else {
            return BaseImage {
                is_public,
                ..BaseImage::default()
            };
        };
        BaseImage {
            env: image
                .env
                .iter()
                .map(|variable| {
                    let value = variable.value.filter(|_| variable.in_every_tag);
                    let value = value.map(Value::known);
                    let value = value.unwrap_or(Value::Unknown(Unknown::BaseImage));
                    (variable.name.into(), value)
                })
                .collect(),
            is_complete: true,
            is_public: true,
            user: image.user.map(|user| user.name.to_owned()),
            ..BaseImage::default()
        }
    }
}

impl ImageSetting {
    fn fits(&self, name: &str) -> bool {
        let repository = match name.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => repository,
            _ => name,
        };
        matches(&self.pattern, name) || matches(&self.pattern, repository)
    }
}

fn variable((name, value): &(String, Option<String>)) -> (Cow<'static, str>, Value<'static>) {
    let value = match value {
        Some(value) => Value::known(value.clone()),
        None => Value::Unknown(Unknown::BaseImage),
    };
    (name.clone().into(), value)
}

/// Whether `text` fits `pattern`, in which each `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(name: &str, settings: &[ImageSetting]) -> BaseImage<'static> {
        let reference = Reference::parse(name).unwrap();
        Images { settings }.config(&reference)
    }

    #[test]
    fn the_projects_word_counts_more_than_the_table() {
        let settings = [ImageSetting {
            pattern: "registry.corp/*".into(),
            env: vec![("GOPROXY".into(), Some("https://mirror.corp".into()))],
        }];
        let image = config("registry.corp/go:1.22", &settings);
        assert!(image.is_complete);
        assert_eq!(image.env[0].0, "GOPROXY");
        assert!(!config("registry.corp/go:1.22", &[]).is_public);
    }

    #[test]
    fn common_images_are_known() {
        let golang = config("golang:1.22-alpine", &[]);
        assert!(golang.env.iter().any(|(name, _)| name == "GOPATH"));
        assert!(config("alpine", &[]).is_complete);
        assert!(!config("somebody/something", &[]).is_complete);
    }

    #[test]
    fn patterns_match_with_or_without_the_tag() {
        let fits = |pattern: &str, name| {
            ImageSetting {
                pattern: pattern.to_owned(),
                env: Vec::new(),
            }
            .fits(name)
        };
        assert!(fits("golang", "golang:1.22"));
        assert!(fits("golang:1.*", "golang:1.22"));
        assert!(fits("r.corp:5000/*", "r.corp:5000/a/b:1"));
        assert!(!fits("golang", "golang-x:1"));
    }
}
