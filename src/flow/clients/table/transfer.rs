//! Programs that fetch what they are told to: curl, wget, git.

use super::super::arguments::Arguments;
use super::super::client::{Client, Evidence, Operands, OptionSetting, Role, Row, Syntax, Traffic};
use super::super::proxies::Scheme;
use super::proxies;

const BARE_IS_HTTP: Operands = Operands::Addresses {
    bare: Some(Scheme::Http),
};

/// curl
pub(super) static CURL: Client = Client {
    syntax: Syntax::unix(
        "-A -b -c -C -d -D -e -E -F -H -K -m -o -P -Q -r -t -T -u -U -w -x -X -y -Y -z \
            --cacert --capath --cert --cert-type --ciphers --config --connect-timeout \
            --connect-to --continue-at --cookie --cookie-jar --create-file-mode --data \
            --data-ascii --data-binary --data-raw --data-urlencode --doh-url --dump-header \
            --form --form-string --header --interface --json --keepalive-time --key --key-type \
            --limit-rate --max-filesize --max-redirs --max-time --netrc-file --noproxy \
            --oauth2-bearer --output --output-dir --parallel-max --pass --preproxy --proto \
            --proto-default --proto-redir --proxy --proxy-cacert --proxy-header --proxy-user \
            --range --rate --referer --request --resolve --retry --retry-delay --retry-max-time \
            --socks4 --socks4a --socks5 --socks5-hostname --speed-limit --speed-time --time-cond \
            --tls-max --unix-socket --upload-file --url-query --user --user-agent --variable \
            --write-out",
    ),
    operands: BARE_IS_HTTP,
    options: &[
        OptionSetting::new("-x", Role::Proxy(None)),
        OptionSetting::new("--proxy", Role::Proxy(None)),
        OptionSetting::new("--preproxy", Role::Proxy(None)),
        OptionSetting::new("--socks4", Role::Proxy(None)),
        OptionSetting::new("--socks4a", Role::Proxy(None)),
        OptionSetting::new("--socks5", Role::Proxy(None)),
        OptionSetting::new("--socks5-hostname", Role::Proxy(None)),
        OptionSetting::new("--noproxy", Role::NoProxy),
    ],
    ..Client::new(
        "curl",
        "curl|curl.exe",
        &[Row::new(
            "",
            Traffic::Certain,
            Evidence::verified("NETWORK_COMMANDS.tsv: curl"),
        )],
        Some(&proxies::CURL),
    )
};

/// GNU wget
pub(super) static WGET: Client = Client {
    syntax: Syntax::unix(
        "-a -A -B -D -e -i -I -l -o -O -P -Q -R -t -T -U -w -X --append-output --base \
            --body-data --ca-certificate --ca-directory --certificate --connect-timeout \
            --cut-dirs --directory-prefix --dns-timeout --execute --header --http-password \
            --http-user --input-file --level --limit-rate --load-cookies --max-redirect --method \
            --output-document --output-file --password --post-data --post-file --progress --private-key \
            --proxy-password --proxy-user --quota --read-timeout --referer --restrict-file-names \
            --retry-on-http-error --save-cookies --secure-protocol --timeout --tries --user \
            --user-agent --wait --waitretry",
    ),
    operands: BARE_IS_HTTP,
    options: &[
        OptionSetting::keyed("-e", "http_proxy", Role::Proxy(Some(Scheme::Http))),
        OptionSetting::keyed("-e", "https_proxy", Role::Proxy(Some(Scheme::Https))),
        OptionSetting::keyed("-e", "no_proxy", Role::NoProxy),
        OptionSetting::keyed("--execute", "http_proxy", Role::Proxy(Some(Scheme::Http))),
        OptionSetting::keyed("--execute", "https_proxy", Role::Proxy(Some(Scheme::Https))),
        OptionSetting::new("--no-proxy", Role::ProxyOff),
    ],
    ..Client::new(
        "wget",
        "wget",
        &[Row::new(
            "",
            Traffic::Certain,
            Evidence::verified("NETWORK_COMMANDS.tsv: wget"),
        )],
        Some(&proxies::WGET),
    )
};

/// BusyBox's wget
pub(super) static BUSYBOX_WGET: Client = Client {
    syntax: Syntax::unix(
        "-o -O -P -t -T -U -Y --header --post-data --post-file --output-document \
            --directory-prefix --user-agent --timeout",
    ),
    operands: BARE_IS_HTTP,
    options: &[OptionSetting::new("-Y", Role::ProxyOff)],
    ..Client::new(
        "BusyBox wget",
        "",
        &[Row::new(
            "",
            Traffic::Certain,
            Evidence::verified("NETWORK_COMMANDS.tsv: busybox wget"),
        )],
        Some(&proxies::BUSYBOX_WGET),
    )
};

/// git
pub(super) static GIT: Client = Client {
    syntax: Syntax::unix(
        "-b -c -C -j -o -u --branch --config --config-env --depth --exec --filter --git-dir \
            --jobs --namespace --origin --reference --separate-git-dir --server-option \
            --shallow-exclude --shallow-since --template --upload-pack --work-tree",
    ),
    operands: Operands::FirstAddress,
    options: &[
        OptionSetting::keyed("-c", "http.proxy", Role::Proxy(None)),
        OptionSetting::keyed("-c", "https.proxy", Role::Proxy(None)),
        OptionSetting::keyed("--config", "http.proxy", Role::Proxy(None)),
    ],
    ..Client::new(
        "git",
        "git",
        &[
            git("clone|fetch|pull|ls-remote|remote update", Traffic::Certain),
            git("submodule update|submodule add", Traffic::Usually),
            Row::new(
                "push|lfs pull|lfs fetch|lfs clone",
                Traffic::Certain,
                Evidence::recalled("NETWORK_COMMANDS.tsv: git push, git lfs"),
            ),
            git("archive", Traffic::Certain).only_if(from_remote),
            git("", Traffic::Never),
        ],
        Some(&proxies::CURL),
    )
};

const fn git(words: &'static str, traffic: Traffic) -> Row {
    Row::new(
        words,
        traffic,
        Evidence::verified("NETWORK_COMMANDS.tsv: git"),
    )
}

fn from_remote(arguments: &Arguments<'_>) -> bool {
    arguments.has(&["--remote"])
}

const OTHERS: Evidence = Evidence::recalled("not in facts: manual pages");

/// aria2c, axel, lynx, HTTPie
static DOWNLOADERS: Client = Client {
    operands: BARE_IS_HTTP,
    syntax: Syntax::unix("-d -o -x -s -j -k -H --dir --out --header --output --num-connections"),
    ..Client::new(
        "downloader",
        "aria2c|axel|lynx|http|https|xh|lftp|ftp",
        &[Row::new("", Traffic::Certain, OTHERS)],
        None,
    )
};

/// Subversion, Mercurial
static OTHER_VERSION_CONTROL: Client = Client {
    operands: Operands::FirstAddress,
    syntax: Syntax::unix(
        "-r -b -u --revision --branch --username --password --depth --config-option",
    ),
    ..Client::new(
        "version control",
        "svn|hg|bzr|cvs",
        &[
            Row::new(
                "checkout|co|export|update|up|clone|pull|list|ls|info|branch",
                Traffic::Certain,
                OTHERS,
            ),
            Row::new("", Traffic::Never, OTHERS),
        ],
        None,
    )
};

/// ssh, scp, rsync: no proxy variable applies to them.
static SSH: Client = Client {
    operands: Operands::FirstAddress,
    syntax: Syntax::unix("-b -c -e -i -l -o -p -P -t -F -J --rsh"),
    ..Client::new(
        "ssh",
        "ssh|scp|sftp|ssh-keyscan|rsync",
        &[
            Row::new("", Traffic::Certain, OTHERS).only_if(names_a_host),
            Row::new("", Traffic::Never, OTHERS),
        ],
        Some(&proxies::NOT_HTTP),
    )
};

fn names_a_host(arguments: &Arguments<'_>) -> bool {
    arguments
        .operands_from(0)
        .any(|operand| !operand.starts_with(['/', '.']) && operand.contains(['@', ':', '.']))
}

/// GnuPG's and apt-key's downloads of keys
static KEYS: Client = Client {
    syntax: Syntax::unix(
        "-o --output --keyring --homedir --primary-keyring --keyserver --keyserver-options --keyid-format --dearmor-output",
    ),
    ..Client::new(
        "gpg",
        "gpg|gpg1|gpg2|apt-key",
        &[
            Row::new("", Traffic::Certain, KEY_ROWS).only_if(fetches_keys),
            Row::new("", Traffic::Never, KEY_ROWS),
        ],
        None,
    )
};

const KEY_ROWS: Evidence =
    Evidence::recalled("NETWORK_COMMANDS.tsv: add-apt-repository, apt-key adv, gpg --recv-keys");

fn fetches_keys(arguments: &Arguments<'_>) -> bool {
    arguments.options.iter().any(|option| {
        [
            "--recv-keys",
            "--recv-key",
            "--recv",
            "--receive-keys",
            "--fetch-keys",
            "--fetch-key",
            "--search-keys",
            "--refresh-keys",
            "--auto-key-retrieve",
        ]
        .contains(&&*option.name)
    })
}

pub(super) static CLIENTS: &[&Client] = &[
    &CURL,
    &WGET,
    &GIT,
    &DOWNLOADERS,
    &OTHER_VERSION_CONTROL,
    &SSH,
    &KEYS,
];
