//! Dockerfiles of any size: ordinary ones, and ones made to be slow.

use std::fmt::Write as _;

/// Makes Dockerfiles.
pub struct Generator {
    /// What they are made of.
    pub name: &'static str,
    /// How often it repeats at full size.
    pub n: usize,
    /// Makes the file in which it repeats that often.
    pub make: fn(usize) -> String,
}

/// All of them, with the sizes that must be read in linear time (DESIGN section 10).
pub const GENERATORS: &[Generator] = &[
    generator("mixed instructions", 1 << 20, mixed),
    generator("instructions", 75_000, instructions),
    generator("one long line", 7 << 20, long_line),
    generator("stages in a chain", 10_000, chain),
    generator("stages around one", 5_000, star),
    generator("stages copied from", 10_000, copied_from),
    generator("continuations", 10_000, continuations),
    generator("a heredoc", 5 << 20, heredoc),
    generator("heredocs of one line", 5_000, heredocs),
    generator("nested expansions", 1_000, nested),
    generator("nested quotes", 10_000, nested_quotes),
    generator("arguments and their uses", 10_000, arguments),
    generator("pairs of one ENV", 10_000, pairs),
    generator("values that grow", 1_000, growing),
    generator("values that double", 10_000, doubling),
    generator("nested text", 20_000, nested_text),
    generator("patterns", 20_000, patterns),
    generator("triggers of all children", 10_000, triggers),
    generator("mounts of one RUN", 5_000, mounts),
    generator("commands of one RUN", 15_000, commands),
    generator("shadowed names", 10_000, shadowed),
    generator("syntax errors", 5_000, syntax_errors),
    generator("findings", 2_000, findings),
    generator("suppressions", 10_000, suppressions),
    generator("settings of tools", 5_000, tool_settings),
    generator("settings by users", 5_000, go_settings),
    generator("lost in every stage", 5_000, lost),
    generator("unset again and again", 5_000, unset),
    generator("behind sudo", 5_000, sudo),
    generator("proxies and hosts", 5_000, hosts),
    generator("secrets of all kinds", 2_000, secrets),
    generator("comments", 1 << 20, comments),
];

const fn generator(name: &'static str, n: usize, make: fn(usize) -> String) -> Generator {
    Generator { name, n, make }
}

/// Two stages as they are written.
const STAGES: &str = r#"
FROM --platform=$BUILDPLATFORM golang:1.22-alpine AS build{i}
ARG GOPROXY=https://goproxy.example,direct
ARG VERSION{i}=1.0
ENV CGO_ENABLED=0 GOFLAGS=-mod=readonly \
    APP_NAME="app {i}" PATH=/usr/local/go/bin:$PATH
WORKDIR /src
# The module cache is shared between builds.
COPY --chown=1000:1000 go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=secret,id=npmrc,target=/root/.npmrc \
    go mod download && go build -ldflags "-s -w -X main.version=${VERSION{i}}" -o /out/app ./cmd/app
COPY <<EOT /etc/app.conf
listen = 0.0.0.0:8080
name = ${APP_NAME}
EOT

FROM debian:bookworm-slim AS run{i}
LABEL org.opencontainers.image.title="app" org.opencontainers.image.version=${VERSION:-dev}
RUN apt-get update && apt-get install -y --no-install-recommends \
      ca-certificates curl git gnupg make openssh-client unzip \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build{i} /out/app /usr/local/bin/app
USER 1000:1000
EXPOSE 8080/tcp 9090
VOLUME ["/data"]
HEALTHCHECK --interval=30s --timeout=3s CMD curl -fsS http://localhost:8080/healthz || exit 1
ENTRYPOINT ["/usr/local/bin/app", "--config", "/etc/app.conf"]
CMD ["serve"]
"#;

/// Ordinary instructions, about `n` bytes.
pub fn mixed(n: usize) -> String {
    let mut text = "# syntax=docker/dockerfile:1\nARG BASE=alpine\n".to_owned();
    let mut stage = 0;
    while text.len() < n {
        text.push_str(&STAGES.replace("{i}", &stage.to_string()));
        stage += 1;
    }
    text
}

/// `head` and behind it what `write` writes for each number below `n`.
fn repeat(head: &str, n: usize, write: impl Fn(&mut String, usize) -> std::fmt::Result) -> String {
    let mut text = head.to_owned();
    for index in 0..n {
        // Writing to a string does not fail.
        let _ = write(&mut text, index);
    }
    text
}

fn instructions(n: usize) -> String {
    repeat("FROM alpine\n", n, |text, i| match i % 4 {
        0 => writeln!(text, "ENV NAME{i}=value"),
        1 => writeln!(text, "RUN echo {i}"),
        2 => writeln!(text, "COPY file{i} /to/"),
        _ => writeln!(text, "LABEL l{i}=$NAME{}", i - 3),
    })
}

fn long_line(n: usize) -> String {
    format!("FROM alpine\nRUN {}\nRUN true\n", "x".repeat(n))
}

fn chain(n: usize) -> String {
    repeat("FROM alpine AS s0\n", n, |text, i| {
        let before = i.saturating_sub(1);
        writeln!(
            text,
            "FROM s{i} AS s{}\nARG A{i}\nENV E{i}=$E{before}\nRUN echo $A{i}",
            i + 1
        )
    })
}

fn star(n: usize) -> String {
    let base = repeat("FROM alpine AS base\n", n, |text, i| {
        writeln!(text, "ENV E{i}={i}")
    });
    repeat(&base, n, |text, i| {
        writeln!(text, "FROM base AS s{i}\nARG A\nRUN echo $E{i} $A")
    })
}

fn copied_from(n: usize) -> String {
    repeat("FROM alpine AS s0\n", n, |text, i| {
        writeln!(text, "FROM alpine AS s{}\nCOPY --from=s{i} /a /b", i + 1)
    })
}

fn continuations(n: usize) -> String {
    repeat("FROM alpine\nRUN true", n, |text, i| {
        write!(text, " \\\n  && echo {i}")
    })
}

fn heredoc(n: usize) -> String {
    const LINE: &str = "echo a line of a script $X\n";
    let body = LINE.repeat(n / 2 / LINE.len());
    format!("FROM alpine\nARG X\nCOPY <<END /a\n{body}END\nRUN <<END\n{body}END\n")
}

fn heredocs(n: usize) -> String {
    let markers = repeat("FROM alpine\nCOPY", n, |text, i| write!(text, " <<E{i}"));
    repeat(&(markers + " /to/\n"), n, |text, i| {
        writeln!(text, "body\nE{i}")
    })
}

fn nested(n: usize) -> String {
    let (open, close) = ("${A:-".repeat(n), "}".repeat(n));
    format!("FROM alpine\nENV X={open}x{close}\nRUN echo \"{open}x{close}\"\n")
}

fn nested_quotes(n: usize) -> String {
    let (quotes, dollars) = ("\"'".repeat(n), "\"$".repeat(n));
    format!("FROM alpine\nENV X={quotes}\nENV Y={dollars}\nRUN echo {quotes}\n")
}

fn arguments(n: usize) -> String {
    let declared = repeat("FROM alpine\n", n, |text, i| writeln!(text, "ARG A{i}={i}"));
    repeat(&declared, n, |text, i| {
        writeln!(text, "RUN echo $A{i}\nENV E{i}=$A{i}")
    })
}

fn pairs(n: usize) -> String {
    repeat("FROM alpine\nARG X\nENV", n, |text, i| {
        write!(text, " \\\n A{i}=$X")
    })
}

/// The values themselves grow with the square of `n`.
fn growing(n: usize) -> String {
    repeat("FROM alpine\n", n, |text, i| {
        writeln!(text, "ENV PATH=/opt/{i}/bin:$PATH")
    })
}

fn doubling(n: usize) -> String {
    repeat("FROM alpine\nENV A=12345678\n", n, |text, i| {
        writeln!(text, "ENV A=$A$A B{i}=${{A:+$A}}")
    })
}

fn nested_text(n: usize) -> String {
    let opened = repeat("FROM alpine\nENV X=", n, |text, _| {
        writeln!(text, "some text${{A:-\\")
    });
    format!("{opened}{}\n", "}".repeat(n))
}

fn patterns(n: usize) -> String {
    let long = "a".repeat(8_000);
    repeat(&format!("FROM alpine\nENV A={long}\n"), n, |text, i| {
        writeln!(text, "LABEL l{i}=${{A//a*b/x}} m=${{A##*b}}")
    })
}

fn triggers(n: usize) -> String {
    let base = repeat("FROM alpine AS base\n", n, |text, i| {
        writeln!(text, "ONBUILD ENV E{i}={i}")
    });
    repeat(&base, n, |text, i| writeln!(text, "FROM base AS s{i}"))
}

fn commands(n: usize) -> String {
    let run = repeat("FROM alpine\nARG X\nRUN", n, |text, i| {
        write!(text, " V{i}=$X; export V{i}; curl $V{i} $HTTP_PROXY;")
    });
    run.replace("; e", "; \\\n e") + " true\n"
}

fn mounts(n: usize) -> String {
    let run = repeat("FROM alpine\nRUN", n, |text, i| {
        write!(text, " \\\n --mount=type=secret,id=s{i},env=S{i}")
    });
    repeat(&run, n, |text, i| write!(text, " \\\n echo $S{i} $T{i};")) + " true\n"
}

fn shadowed(n: usize) -> String {
    repeat("ARG A=0\nFROM alpine\n", n, |text, i| {
        let port = i % 60_000 + 1;
        writeln!(
            text,
            "ARG A={i}\nENV HTTP_PROXY=http://proxy.example:{port}"
        )
    })
}

fn syntax_errors(n: usize) -> String {
    repeat("FROM alpine\n", n, |text, i| {
        writeln!(text, "ENV broken{i}\nNONSENSE\nRUN [1, 2]\nENV A=${{B")
    })
}

fn findings(n: usize) -> String {
    repeat("ARG GLOBAL\n", n, |text, i| {
        writeln!(
            text,
            "FROM alpine AS s{i}\nENV HTTP_PROXY=http:/proxy GOPROXY=$GLOBAL FTP_PROXY=http://localhost:1\n\
             COPY $LATE /x\nARG LATE"
        )
    })
}

fn suppressions(n: usize) -> String {
    repeat("FROM alpine\n", n, |text, i| {
        writeln!(
            text,
            "# docklint: ignore[proxy-malformed] number {i}\nENV A{i}=1"
        )
    })
}

fn tool_settings(n: usize) -> String {
    let run = repeat("FROM alpine\nRUN", n, |text, i| {
        write!(
            text,
            " echo proxy=http://p.example:{i} | tee /h{i}/.npmrc; npm config set proxy http://p.example:{i};"
        )
    });
    repeat(&(run + " true\n"), n, |text, i| {
        writeln!(text, "RUN rm /h{i}/.npmrc; npm install; pip install x")
    })
}

fn go_settings(n: usize) -> String {
    let base = repeat("FROM golang AS base\n", n, |text, i| {
        writeln!(
            text,
            "USER u{i}\nRUN go env -w GOPROXY=https://p{i}.example; go mod download"
        )
    });
    let stages = repeat(&base, n, |text, i| {
        writeln!(
            text,
            "FROM base AS s{i}\nUSER v{i}\nRUN go env -w GOPROXY=direct; go get x@v1"
        )
    });
    repeat(&(stages + "FROM base\n"), n, |text, i| {
        writeln!(text, "COPY --from=s{i} /go /go")
    })
}

fn lost(n: usize) -> String {
    let base = repeat(
        "FROM alpine AS base\nRUN curl https://a.example $LOST\n",
        n,
        |text, i| {
            writeln!(
                text,
                "FROM base AS s{i}\nRUN export http_proxy=http://p.example:1 LOST=1 M{i}=1\nRUN curl -O https://a.example"
            )
        },
    );
    repeat(&(base + "FROM base\n"), n, |text, i| {
        writeln!(text, "COPY --from=s{i} /a /b")
    })
}

fn unset(n: usize) -> String {
    repeat(
        "FROM alpine\nENV http_proxy=http://p.example:1\n",
        n,
        |text, _| {
            writeln!(
                text,
                "RUN unset http_proxy https_proxy GOPROXY; unset http_proxy"
            )
        },
    ) + "RUN wget http://a.example\n"
}

fn sudo(n: usize) -> String {
    let run = repeat(
        "FROM debian\nENV http_proxy=http://p.example:1\nRUN",
        n,
        |text, i| write!(text, " sudo apt-get install p{i};"),
    );
    repeat(&(run + " true\n"), n, |text, i| {
        writeln!(text, "RUN sudo curl http://a{i}.example")
    })
}

fn hosts(n: usize) -> String {
    repeat("FROM alpine\n", n, |text, i| {
        writeln!(
            text,
            "ENV https_proxy=https://p{i}.example:3128 http_proxy=http://q{i}.example:3128\nRUN curl https://h{i}.internal/x"
        )
    })
}

fn secrets(n: usize) -> String {
    let stages = repeat("", n, |text, i| {
        writeln!(
            text,
            "FROM alpine AS s{i}\nARG DB_PASSWORD=hunter{i}two\nENV API_TOKEN{i}=$DB_PASSWORD\n\
             COPY .npmrc id_rsa{i} /root/\n\
             RUN --mount=type=secret,id=s{i} echo $DB_PASSWORD > /f{i}; curl -u me:$DB_PASSWORD https://a.example"
        )
    });
    repeat(&(stages + "FROM alpine\n"), n, |text, i| {
        writeln!(text, "COPY --from=s{i} /a /b")
    })
}

fn comments(n: usize) -> String {
    const NOISE: &str = "\n  \n# a comment\n\t# another one\n";
    let noise = NOISE.repeat(n / 2 / NOISE.len());
    format!("{noise}FROM alpine\nRUN true \\\n{noise} && true\n")
}
