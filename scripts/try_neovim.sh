#!/usr/bin/env bash
# Opens a Dockerfile in Neovim, with nvim-lint set up as docs/editors.md says, and looks at the
# diagnostics: scripts/try_neovim.sh NVIM-LINT [DOCKLINT]. NVIM-LINT is a checkout of the plugin, DOCKLINT
# the program (target/release/docklint); `nvim` must be 0.9.5 or newer, as the plugin demands.
set -euo pipefail

plugin=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
program=$(realpath "${2:-target/release/docklint}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/project" "$work/project/web"
ln -s "$program" "$work/bin/docklint"
PATH=$work/bin:$PATH

# The block of the document, not a copy of it.
sed -n '/^```lua file=init.lua$/,/^```$/p' docs/editors.md | sed '1d;$d' >"$work/init.lua"

git init --quiet "$work/project"
cat >"$work/project/compose.yaml" <<'COMPOSE'
services:
  web:
    build:
      context: web
      args:
        GOPROXY: https://goproxy.example,direct
COMPOSE
cat >"$work/project/web/Dockerfile" <<'DOCKERFILE'
ARG GREETING=hé
FROM golang:1.24
RUN echo "hé $GREETING" && go install example.com/x@v1.0.0
DOCKERFILE

cat >"$work/try.lua" <<'LUA'
local function lint(path)
  vim.cmd.edit(path)
  local found = function()
    return #vim.diagnostic.get(0) > 0
  end
  vim.wait(5000, found)
  local lines = {}
  for _, it in ipairs(vim.diagnostic.get(0)) do
    local text = vim.api.nvim_buf_get_lines(0, it.lnum, it.lnum + 1, false)[1]
    local marked = text:sub(it.col + 1, it.end_lnum == it.lnum and it.end_col or #text)
    table.insert(lines, ("%d:%d %s %s"):format(it.lnum + 1, it.col + 1, it.code, marked))
  end
  table.sort(lines)
  io.stdout:write(vim.bo.filetype, "\n", table.concat(lines, "\n"), "\n")
end
lint("web/Dockerfile")
lint("compose.yaml")
vim.cmd("qall!")
LUA
cd "$work/project"
said=$(nvim --headless --clean --cmd "set runtimepath^=$plugin" -u "$work/init.lua" -c "luafile $work/try.lua" 2>&1)
printf '%s\n' "$said"
for line in \
    dockerfile \
    '2:1 build-arg-not-consumed FROM' \
    '3:15 arg-out-of-scope $GREETING' \
    yaml.docker-compose \
    '6:9 build-arg-not-consumed GOPROXY'; do
    grep -qF -- "$line" <<<"$said" || { echo "missing: $line" >&2; exit 1; }
done
