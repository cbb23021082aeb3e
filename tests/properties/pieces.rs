//! Pieces that mean something to a grammar, and some that mean nothing to any.

/// Of every text.
macro_rules! pieces {
    ($name:ident: $($piece:literal)*) => {
        pub const $name: &[&[u8]] = &[
            $($piece,)*
            b"\n", b"\r\n", b"\r", b" ", b"\t", b"\\", b"\\\n", b"\"", b"'", b"`", b"$", b"=", b":",
            b",", b"#", b"@", b"{", b"}", b"[", b"]", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3",
            b"\xc3\xa9", b"\xc2\x85", b"\xe2\x80\xae", b"\xf0\x9f\x90\xb3", b"\xef\xbf\xbf", b"\x1a",
            b"http://u:p@h:1",
        ];
    };
}

pieces! { DOCKERFILE:
    b"FROM alpine AS a\n" b"FROM a AS b\n" b"FROM scratch\n" b"FROM ${BASE:-debian}\n"
    b"ARG GOPROXY=https://goproxy.example\n" b"ARG HTTP_PROXY\n"
    b"ENV A=$B C=\"${D:-e f}\" \\\n  G='h'\n" b"ENV HTTP_PROXY http:/u:p@localhost:3128\n"
    b"ENV GOPRIVATE=https://git.example, b\n" b"LABEL a=b\n"
    b"RUN --mount=type=secret,id=t,env=T go mod download && export X=$A; curl $X\n"
    b"RUN [\"a\", \"b\\u00e9\"]\n" b"RUN <<EOF sh -x\necho $A\nEOF\n"
    b"COPY --from=a <<-\"E 1\" <<E2 /x/\n\tbody\n\tE 1\n${A}\nE2\n"
    b"ONBUILD RUN echo ${A#*b}\n" b"HEALTHCHECK --interval=5s CMD true\n"
    b"# syntax=docker/dockerfile:1\n" b"# escape=`\n"
    b"# docklint: ignore[proxy-baked, nope] why\n" b"# comment \xc3\xa9\n"
    b"${X" b"<<" b"-" b"\\ \r\n"
}

pieces! { SHELL:
    b"$(" b")" b"(" b"${" b"$((" b"))" b"<<EOF\n" b"\nEOF\n" b"<<-'E'" b";" b";;" b"&" b"&&" b"||"
    b"|" b">" b"2>&1" b"if " b"then " b"fi" b"do " b"done" b"for x in " b"case x in " b"esac"
    b"export A=" b"a+=(" b"{{ x }}" b"{% if %}" b"<%= y %>" b"[[ " b" ]]" b"sh -c " b"eval " b"$X"
    b"${X:-" b"${X//a/" b"${#X" b"${!X" b"sudo " b"f() " b"! "
}

pieces! { COMPOSE:
    b"services:\n" b"  app:\n" b"    image: x\n" b"    build: .\n" b"    environment:\n"
    b"      - A=1\n" b"      B: ${C:-d}\n" b": " b"- " b"\n  " b"  " b"#c" b" # c\n" b"\\u00e9"
    b"\\x4" b"|" b"|-\n" b">\n" b"&a " b"*a" b"<<: *a\n" b"!reset " b"!override " b"!!int " b"---\n"
    b"...\n" b"%YAML 1.2\n" b"${" b":?" b":+" b"$$" b"0x1f" b"08" b"1e9" b"2024-01-01" b"~"
    b"extends: app\n" b"include: [compose.yaml]\n" b"? " b"args: {A: }\n" b"env_file: .env\n"
    b"dockerfile_inline: |\n"
}

pieces! { DOTENV:
    b"A=" b"export " b"B: c" b"${A:-" b"$A" b"\\n" b"\\$" b" #c" b"HTTP_PROXY=" b";"
}

pieces! { UNIT:
    b"[Service]\n" b"[Unit]\n" b"[X-a]\n" b"Environment=" b"EnvironmentFile=-/etc/e\n"
    b"ExecStart=/usr/bin/dockerd --http-proxy=" b"PassEnvironment=" b"UnsetEnvironment="
    b"HTTP_PROXY=" b"NO_PROXY=" b"Http_Proxy=" b"%40" b"%%" b"%n" b"%C3" b"%" b"\\ " b"\\x41"
    b"\\u00e9" b"\\t" b";" b"${A}" b"\xc2\xa0" b"\xef\xbc\x9d"
}

pieces! { JSON:
    b"\"proxies\": {" b"\"http-proxy\": " b"\"default\"" b"\"httpProxy\": \"http://h:1\"" b"null"
    b"true" b"1e5" b"-0" b"01" b"\"\\ud800\"" b"\"\\ud83d\\ude00\"" b"\"\\/\"" b"//" b"/*" b"\"a\": 1,"
}
