//! A rule's page: the only place where a rule is described. Front matter of flat `key: value`
//! lines for programs, Markdown for people, examples that the tests run.

use crate::finding::Severity;

/// Every key of the front matter, in the order pages write them.
pub const KEYS: [&str; 9] = [
    "id", "summary", "severity", "groups", "default", "since", "fix", "reads", "aliases",
];

/// What begins a template for a value that looks like a secret: no file here holds one.
const TEMPLATES: [&str; 4] = ["cat", "crc", "bad", "rep"];

/// What stands in the place of a secret.
const MASK: &str = "********";

/// The page of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    text: &'static str,
}

impl Page {
    /// Takes the page's text; it is read when asked for.
    pub const fn new(text: &'static str) -> Self {
        Self { text }
    }

    /// The Markdown below the front matter.
    pub fn body(self) -> &'static str {
        let end = self.text.find("\n---");
        let body = end.and_then(|end| self.text.get(end + "\n---".len()..));
        body.unwrap_or(self.text).trim_start()
    }

    /// The body as people see it: with a mask for what tests put together to look like a secret, such
    /// as `{{cat gh p_…}}`.
    pub fn shown(self) -> String {
        let mut shown = self.body().to_owned();
        let mut from = 0;
        while let Some(end) = shown.get(from..).and_then(|rest| rest.find("}}")) {
            let end = from + end;
            let start = shown.get(..end).and_then(|front| front.rfind("{{"));
            let is_template = |start: &usize| {
                let inside = shown.get(start + 2..end).unwrap_or_default();
                TEMPLATES.contains(&inside.split(' ').next().unwrap_or_default())
            };
            from = match start.filter(is_template) {
                // The innermost comes first; what it stands in may be one, too.
                Some(start) => {
                    shown.replace_range(start..end + 2, MASK);
                    start + MASK.len()
                }
                None => end + 2,
            };
        }
        shown
    }

    /// The rule's severity. Reads no further than it must: every run asks this of every rule.
    pub fn severity(self) -> Severity {
        self.field("severity")
            .and_then(Severity::parse)
            .unwrap_or(RuleInfo::default().severity)
    }

    /// Whether the rule is off unless asked for. As cheap as [`severity`](Self::severity).
    pub fn is_pedantic(self) -> bool {
        self.field("default") == Some("pedantic")
    }

    fn field(self, wanted: &str) -> Option<&'static str> {
        fields(self.text)
            .find(|(key, _)| *key == wanted)
            .map(|(_, value)| value)
    }

    /// What the front matter says. Pages are compiled in and checked by a test; a wrong or missing
    /// entry reads as the most harmless one.
    pub fn info(self) -> RuleInfo {
        let mut info = RuleInfo::default();
        for (key, value) in fields(self.text) {
            match key {
                "id" => info.id = value,
                "summary" => info.summary = value,
                "severity" => info.severity = Severity::parse(value).unwrap_or(info.severity),
                "groups" => info.groups = List(value),
                "default" => info.pedantic = value == "pedantic",
                "since" => info.since = value,
                "fix" => info.fix = value,
                "reads" => info.reads = List(value),
                "aliases" => info.aliases = List(value),
                _ => {}
            }
        }
        info
    }
}

/// What a page's front matter says about its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// Kebab-case name; never renamed or reused.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Severity unless the rule or the configuration says otherwise.
    pub severity: Severity,
    /// Names under which rules are selected together.
    pub groups: List,
    /// Off unless asked for.
    pub pedantic: bool,
    /// The first release with it.
    pub since: &'static str,
    /// Whether it offers fixes: `none`, `sometimes` or `always`.
    pub fix: &'static str,
    /// The kinds of file it looks at.
    pub reads: List,
    /// Other names for it.
    pub aliases: List,
}

impl Default for RuleInfo {
    fn default() -> Self {
        Self {
            id: "",
            summary: "",
            severity: Severity::Warning,
            groups: List(""),
            pedantic: false,
            since: "",
            fix: "none",
            reads: List(""),
            aliases: List(""),
        }
    }
}

/// Names separated by commas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List(&'static str);

impl List {
    /// The names.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        self.0
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
    }

    /// Whether `name` is one of them.
    pub fn contains(self, name: &str) -> bool {
        self.iter().any(|other| other == name)
    }
}

impl std::fmt::Display for List {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// The front matter's lines as (key, value). Line ends may be CRLF where a checkout converts them.
pub fn fields(page: &str) -> impl Iterator<Item = (&str, &str)> {
    let front = page.strip_prefix("---").unwrap_or_default();
    front
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with("---"))
        .filter_map(|line| line.split_once(':'))
        .map(|(key, value)| (key.trim(), value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_read_line_by_line() {
        let page = Page::new(
            "---\r\nid: a-b\r\nsummary: x: y\r\nseverity: error\r\ngroups: proxy, goproxy\r\ndefault: pedantic\r\n---\r\n\r\n# a-b\r\n",
        );
        let info = page.info();
        assert_eq!((info.id, info.summary), ("a-b", "x: y"));
        assert_eq!(info.severity, Severity::Error);
        assert!(info.pedantic && info.groups.contains("goproxy"));
        assert_eq!(info.fix, "none");
        assert_eq!(page.body(), "# a-b\r\n");
    }

    #[test]
    fn what_looks_like_a_secret_is_masked() {
        let page = Page::new("A={{cat x {{rep y 9}}}} {{ base }} B={{crc p q}}\n");
        assert_eq!(page.shown(), "A=******** {{ base }} B=********\n");
    }

    #[test]
    fn a_page_without_front_matter_is_all_body() {
        let page = Page::new("# x\n");
        assert_eq!(page.body(), "# x\n");
        assert_eq!(page.info(), RuleInfo::default());
    }
}
