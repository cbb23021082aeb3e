use super::{Reach, Reads, Stop, Trace, trace};
use crate::flow::{Request, RequestedArg, Trees, Workspace};
use crate::source::{FileId, FileKind, SourceFile};

fn source(text: &str) -> SourceFile {
    let path = "Dockerfile".to_owned();
    SourceFile::new(FileId(0), path, FileKind::Dockerfile, text.into())
}

/// Follows a variable through a file, and shows what comes out to `look`.
fn follow<R>(
    text: &str,
    arguments: &[&str],
    variable: &str,
    look: impl FnOnce(&Trace<'_>, &SourceFile) -> R,
) -> R {
    let sources = [source(text)];
    let trees = Trees::parse(&sources);
    let argument = |argument: &&str| {
        let (name, value) = argument.split_once('=').unwrap();
        RequestedArg {
            name: name.to_owned(),
            value: Some(value.to_owned()),
        }
    };
    let request = Request {
        build_args: arguments.iter().map(argument).collect(),
        ..Request::default()
    };
    let workspace = Workspace::new(&trees, &request);
    let trace = trace(&workspace.builds[0], variable, None);
    look(&trace, &sources[0])
}

/// A file, build arguments, a variable; the line of the setting that stops (0 outside the file), why,
/// and the line where it does.
type Case = (
    &'static str,
    &'static [&'static str],
    &'static str,
    usize,
    Stop,
    usize,
);

const CASES: &[Case] = &[
    (
        "ARG GOPROXY=x\nFROM golang\nRUN go mod download\n",
        &[],
        "GOPROXY",
        1,
        Stop::OnlyGlobal,
        2,
    ),
    (
        "FROM golang AS a\nARG GOPROXY=x\nFROM golang\nCOPY --from=a / /\nRUN go mod download\n",
        &[],
        "GOPROXY",
        2,
        Stop::OtherStage,
        3,
    ),
    (
        "FROM golang\nRUN go mod download\nARG GOPROXY=x\nRUN go build\n",
        &[],
        "GOPROXY",
        3,
        Stop::Later,
        2,
    ),
    (
        "FROM golang\nRUN go mod download\n",
        &["GOPROXY=x"],
        "GOPROXY",
        0,
        Stop::NotConsumed,
        0,
    ),
    (
        "FROM golang\nARG GOPROXY\nRUN go mod download\n",
        &[],
        "GOPROXY",
        2,
        Stop::NothingGiven,
        2,
    ),
    (
        "FROM golang\nARG GOPROXY=x\nRUN go mod download\n",
        &["GOPROXY=y"],
        "GOPROXY",
        2,
        Stop::DefaultReplaced,
        2,
    ),
    (
        "ARG GOPROXY=x\nFROM golang\nARG GOPROXY=y\nRUN go mod download\n",
        &[],
        "GOPROXY",
        1,
        Stop::OwnDefault,
        3,
    ),
    (
        "FROM golang\nARG GOPROXY=x\nENV GOPROXY=y\nRUN go mod download\n",
        &[],
        "GOPROXY",
        2,
        Stop::Shadowed,
        3,
    ),
    (
        "FROM golang\nENV GOPROXY=x\nRUN GOPROXY=y go mod download\n",
        &[],
        "GOPROXY",
        2,
        Stop::Shadowed,
        3,
    ),
    (
        "FROM alpine\nENV http_proxy=http://a\nRUN curl http://b.example\n",
        &["HTTP_PROXY=http://c"],
        "http_proxy",
        2,
        Stop::BuildArgWins,
        3,
    ),
    (
        "FROM golang\nRUN go env -w GOPROXY=x\nENV GOPROXY=y\nRUN go mod download\n",
        &[],
        "GOPROXY",
        2,
        Stop::EnvironmentWins,
        4,
    ),
    (
        "FROM alpine\nRUN curl http://b.example\n",
        &["HTTP_PROXY=http://a", "http_proxy=http://c"],
        "HTTP_PROXY",
        0,
        Stop::OtherSpellingWins,
        0,
    ),
    (
        "FROM alpine\nRUN curl http://b.example\n",
        &["HTTP_PROXY="],
        "HTTP_PROXY",
        0,
        Stop::EmptyProxy,
        0,
    ),
    (
        "FROM golang\nRUN export GOPROXY=x\nRUN go mod download\n",
        &[],
        "GOPROXY",
        2,
        Stop::EndsWithRun,
        2,
    ),
    (
        "FROM golang\nRUN GOPROXY=x go mod download\nRUN go build\n",
        &[],
        "GOPROXY",
        2,
        Stop::EndsWithCommand,
        2,
    ),
    (
        "FROM golang\nRUN GOPROXY=x; \\\n  go mod download\n",
        &[],
        "GOPROXY",
        2,
        Stop::NotExported,
        3,
    ),
    (
        "FROM golang\nENV GOPROXY=x\nRUN unset GOPROXY; \\\n  go mod download\n",
        &[],
        "GOPROXY",
        2,
        Stop::Unset,
        3,
    ),
    (
        "FROM golang\nENV GOPROXY=x\nRUN env -i \\\n  /usr/local/go/bin/go mod download\n",
        &[],
        "GOPROXY",
        2,
        Stop::Dropped,
        3,
    ),
    (
        "FROM golang\nENV GOPROXY=x\nRUN [\"echo\", \"$GOPROXY\"]\n",
        &[],
        "GOPROXY",
        2,
        Stop::ExecForm,
        3,
    ),
    (
        "FROM python\nENV PIP_INDEX_URL=x\nRUN <<EOF\n#!/usr/bin/env python3\nimport pip\nEOF\n",
        &[],
        "PIP_INDEX_URL",
        2,
        Stop::OtherInterpreter,
        3,
    ),
    (
        "FROM alpine\nENV http_proxy=http://localhost:3128\nRUN curl http://b.example\n",
        &[],
        "http_proxy",
        2,
        Stop::Loopback,
        3,
    ),
    (
        "FROM golang\nENV GOPROXY=x\nRUN mkdir /x\n",
        &[],
        "GOPROXY",
        2,
        Stop::NotRead,
        2,
    ),
    (
        "FROM alpine\nENV HTTP_PROXY=http://a\nRUN curl http://b.example\n",
        &[],
        "http_proxy",
        2,
        Stop::OtherSpelling,
        3,
    ),
    (
        "FROM golang\nRUN --mount=type=secret,id=GOPROXY go mod download\n",
        &[],
        "GOPROXY",
        2,
        Stop::SecretFile,
        2,
    ),
    (
        "FROM golang AS a\nARG GOPROXY=x\nRUN go mod download\nFROM golang\n",
        &[],
        "GOPROXY",
        2,
        Stop::OutsideTarget,
        1,
    ),
];

#[test]
fn every_stop_is_found_where_it_is() {
    for &(text, arguments, variable, line, why, at) in CASES {
        follow(text, arguments, variable, |trace, source| {
            let line_of = |at: Option<crate::source::Location>| {
                at.map_or(0, |at| {
                    let start = at.span.start as usize;
                    source.lines().position(source.text(), start).line
                })
            };
            let found: Vec<(usize, Stop, usize)> = trace
                .settings
                .iter()
                .flat_map(|setting| {
                    let line = line_of(setting.at);
                    let stops = setting.stops.iter();
                    stops.map(move |stop| (line, stop.why, line_of(stop.at)))
                })
                .collect();
            assert!(
                found.contains(&(line, why, at)),
                "{why:?} in\n{text}{found:?}"
            );
        });
    }
    // These hold for daemons, clients and containers.
    let outside = |why: &Stop| {
        matches!(
            why,
            Stop::PullsOnly
                | Stop::OptionWins
                | Stop::UpperCaseWins
                | Stop::NotForDaemon
                | Stop::NoStart
                | Stop::RunTimeOnly
                | Stop::NoBuildArgument
                | Stop::OneAddress
        )
    };
    for why in Stop::ALL.into_iter().filter(|why| !outside(why)) {
        assert!(
            CASES.iter().any(|case| case.4 == why),
            "{why:?} has no case"
        );
    }
}

#[test]
fn sentences_and_words_are_there_once() {
    let mut all: Vec<&str> = Stop::ALL
        .iter()
        .flat_map(|why| [why.id(), why.sentence()])
        .collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 2 * Stop::ALL.len());
}

#[test]
fn a_value_arrives_through_what_takes_it() {
    let text = "ARG MIRROR=x\nFROM golang\nARG MIRROR\nENV GOPROXY=$MIRROR\nRUN go mod download\n";
    follow(text, &[], "MIRROR", |trace, _| {
        assert_eq!(trace.settings.len(), 3);
        assert_eq!(trace.readers.len(), 1);
        assert_eq!(trace.readers[0].reads, Reads::Surely);
        assert_eq!(trace.readers[0].sees, [2]);
        for setting in 0..3 {
            let readers = vec![0];
            assert_eq!(trace.reach(setting), Reach::Arrives { readers });
        }
    });
}

#[test]
fn what_arrives_nowhere_has_a_reason() {
    for &(text, arguments, variable, ..) in CASES {
        follow(text, arguments, variable, |trace, _| {
            for (index, setting) in trace.settings.iter().enumerate() {
                let goes_on = !setting.next.is_empty() || !setting.readers.is_empty();
                assert!(goes_on || !setting.stops.is_empty(), "{text}{index}");
            }
        });
    }
}

#[test]
fn which_way_the_shell_goes_is_kept_open() {
    let text = "FROM golang\nENV GOPROXY=x\nRUN test -e y && export GOPROXY=z; go mod download\n";
    follow(text, &[], "GOPROXY", |trace, _| {
        let reader = &trace.readers[0];
        assert_eq!(
            (reader.sees.len(), reader.varies, reader.lacks),
            (2, true, false)
        );
    });
}

#[test]
fn a_command_that_reads_the_variable_and_gets_nothing_lacks_it() {
    let text = "FROM golang\nRUN go mod download\nRUN echo $GOPROXY ${GOPROXY:-direct}\n";
    follow(text, &[], "GOPROXY", |trace, _| {
        let lacking: Vec<Reads> = trace
            .readers
            .iter()
            .filter(|reader| reader.lacks)
            .map(|reader| reader.reads)
            .collect();
        assert_eq!(lacking, [Reads::Surely, Reads::InText]);
    });
}

/// Ten times as much takes about ten times as long.
#[test]
fn long_files_take_linear_time() {
    let stages = |count: usize| {
        let stage = |at: usize| {
            format!(
                "FROM alpine AS s{at}\nENV A=$A{at} B{at}=$A\nRUN echo $A && A=1 curl x && export A=2\n"
            )
        };
        let chain = |at: usize| format!("ENV A=$A-{at} C{at}=$A\nRUN echo $A$B\n");
        let parts: String = (0..count).map(stage).collect();
        parts + &(0..count).map(chain).collect::<String>()
    };
    let begun = std::time::Instant::now();
    follow(&stages(2000), &["A=1"], "A", |trace, _| {
        assert!(trace.settings.len() > 4000);
    });
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
}
