//! Python.

use super::check;
use crate::model::base_images::Distro::Debian;

#[test]
fn python() {
    check(&[
        (
            Debian,
            "pip install -r requirements.txt",
            "pip certain https://pypi.org sSaAnN PIP_INDEX_URL",
        ),
        (
            Debian,
            "pip3 install --no-cache-dir -i https://pypi.corp/simple flask",
            "pip certain https://pypi.corp sSaAnN PIP_INDEX_URL Mirror=https://pypi.corp/simple",
        ),
        (
            Debian,
            "pip3.11 install --proxy http://p:3128 flask",
            "pip certain https://pypi.org sSaAnN PIP_INDEX_URL Proxy(None)=http://p:3128",
        ),
        (
            Debian,
            "python3 -m pip install --upgrade pip",
            "pip certain https://pypi.org sSaAnN PIP_INDEX_URL",
        ),
        (
            Debian,
            "/opt/venv/bin/pip install --no-index --find-links /wheels flask",
            "pip offline(--no-index) https://pypi.org sSaAnN PIP_INDEX_URL Offline= ExtraMirror=/wheels",
        ),
        (
            Debian,
            "pip install .",
            "pip usually https://pypi.org sSaAnN PIP_INDEX_URL",
        ),
        (
            Debian,
            "pip install -e .",
            "pip usually https://pypi.org sSaAnN PIP_INDEX_URL",
        ),
        (
            Debian,
            "PIP_INDEX_URL=http://pypi.corp/simple pip download flask",
            "pip certain http://pypi.corp hHaAnN PIP_INDEX_URL Mirror=http://pypi.corp/simple",
        ),
        (
            Debian,
            "pip install git+https://github.com/a/b",
            "pip certain https://github.com,https://pypi.org sSaAnN PIP_INDEX_URL",
        ),
        (Debian, "pip freeze", "pip never  hHsSaAnN PIP_INDEX_URL"),
        (Debian, "python -m venv /venv", "venv never  hHsSaAnN"),
        (
            Debian,
            "uv pip install --system flask",
            "uv certain https://pypi.org sSaAnN UV_INDEX_URL",
        ),
        (
            Debian,
            "uv sync --frozen --offline",
            "uv offline(--offline) https://pypi.org sSaAnN UV_INDEX_URL Offline=",
        ),
        (
            Debian,
            "UV_DEFAULT_INDEX=https://pypi.corp/simple uv sync",
            "uv certain https://pypi.corp sSaAnN UV_INDEX_URL Mirror=https://pypi.corp/simple",
        ),
        (
            Debian,
            "poetry install --no-root",
            "poetry usually https://pypi.org ????????",
        ),
        (
            Debian,
            "conda install -y -c conda-forge numpy",
            "conda certain https://conda.anaconda.org sSaAnN CONDA_CHANNEL_ALIAS",
        ),
        (
            Debian,
            "pip install --find-links https://wheels.example.com/ -r requirements.txt",
            "pip certain https://wheels.example.com,https://pypi.org sSaAnN PIP_INDEX_URL ExtraMirror=https://wheels.example.com/",
        ),
        (Debian, "pip $COMMAND", "pip never  hHsSaAnN PIP_INDEX_URL"),
    ]);
}
