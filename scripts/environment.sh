#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Where LunarGate is built and run: on the system itself if it has Qt 6.8 and the rest of packages.txt, else inside a
# Debian 13 folder ("root", see root.sh). Sourced by ./dev, which sets $project and $cache.
# shellcheck disable=SC2154

readonly qt_minimum=6.8
readonly gcc_minimum=14
environment=

say() { printf '%s\n' "dev: $*" >&2; }
die() {
    say "$@"
    exit 1
}

# Runs a command whose output matters only when it fails: quiet LOG COMMAND...
quiet() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null && return
    say "this failed: $*"
    tail -n 40 "$log" >&2
    say "the whole output is in $log"
    return 1
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "needs to run '$*' as root, and there is no sudo: run that command as root, then try again"
    fi
}

package_names() { awk '!/^#/ && NF { print $1 }' "$project/scripts/packages.txt"; }

has_header() { printf '#if !__has_include(<%s>)\n#error missing\n#endif\n' "$1" | c++ -E -x c++ - >/dev/null 2>&1; }

# Whether the system has what a line of packages.txt asks for: has KIND VALUE
has() {
    case $1 in
    -) true ;;
    command) PATH=$PATH:/usr/sbin:/sbin command -v "$2" >/dev/null ;;
    header) has_header "$2" ;;
    gcc) command -v c++ >/dev/null && (($(c++ -dumpversion | cut -d. -f1) >= $2)) ;;
    qt) pkg-config --atleast-version="$2" Qt6Core 2>/dev/null && pkg-config --exists Qt6Widgets Qt6Test ;;
    *) die "scripts/packages.txt: no such probe: $1" ;;
    esac
}

# Prints the packages of the list that the system lacks.
missing_packages() {
    local package kind value
    while read -r package kind value; do
        [[ -z $package || $package == '#'* ]] || has "$kind" "${value:-}" || echo "$package"
    done <"$project/scripts/packages.txt"
}

refresh_package_lists() {
    [[ -z ${package_lists_fresh:-} ]] || return 0
    say "refreshing the package lists (apt-get update)"
    quiet "$cache/apt.log" as_root apt-get -q update ||
        die "apt cannot reach its package sources: check the network and the proxy settings, then try again"
    package_lists_fresh=1
}

install_packages() {
    say "installing with apt: $*"
    refresh_package_lists
    quiet "$cache/apt.log" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 install "$@" || die "apt could not install: $*"
}

# The version of Qt and of g++ that apt would install, "0" when it knows none.
candidate_version() { apt-cache policy "$1" 2>/dev/null | awk '/Candidate:/ && /[0-9]/ { print $2; found = 1 } END { if (!found) print 0 }'; }
distribution_has_qt() {
    command -v apt-get >/dev/null || return 1
    [[ $(candidate_version qt6-base-dev) != 0 ]] || refresh_package_lists
    dpkg --compare-versions "$(candidate_version qt6-base-dev)" ge "$qt_minimum" &&
        dpkg --compare-versions "$(candidate_version g++)" ge "4:$gcc_minimum"
}

# Decides where to build, installs or makes what is missing, and sets $environment to "system" or "root".
prepare_environment() {
    [[ -z $environment ]] || return 0
    case ${LUNARGATE_BUILD_IN:=} in
    system | root) environment=$LUNARGATE_BUILD_IN ;;
    '') [[ -n $(missing_packages) ]] || environment=system ;;
    *) die "LUNARGATE_BUILD_IN is '$LUNARGATE_BUILD_IN': it can be 'system' or 'root'" ;;
    esac
    [[ $environment != system ]] || return 0
    if [[ -d $root ]] && command -v bwrap >/dev/null; then
        environment=root
        return
    fi
    exec {setup_lock}>"$cache/setup.lock"
    if ! flock -n "$setup_lock"; then
        say "another ./dev is setting up; waiting for it"
        flock "$setup_lock"
    fi
    set_up
    exec {setup_lock}>&-
}

# What only one ./dev at a time does.
set_up() {
    local packages
    if [[ $environment == root ]] || ! distribution_has_qt; then
        environment=root
        prepare_root
        return
    fi
    mapfile -t packages < <(package_names)
    install_packages "${packages[@]}"
    mapfile -t packages < <(missing_packages)
    ((${#packages[@]} == 0)) || die "apt installed everything, yet this is not found: ${packages[*]} (scripts/packages.txt)"
    environment=system
}

# Replaces this shell by a command, run where LunarGate is built: signals and the exit status are the command's own.
enter() {
    prepare_environment
    build_settings
    if [[ $environment == root ]]; then
        enter_root "$@"
    else
        export PATH=$PATH:/usr/sbin:/sbin LUNARGATE_BUILD_IN=system
        exec "$@"
    fi
}

# The same for a command that is followed by others.
inside() { (enter "$@"); }

build_settings() {
    export LUNARGATE_CACHE=$cache
    export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache} CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-3G}
    # Precompiled headers need the first two; a fresh clone has new file times.
    export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    # Work trees and clones share results.
    export CCACHE_BASEDIR=$project CCACHE_NOHASHDIR=1
    export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
}
