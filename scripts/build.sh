#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The commands of ./dev, which sources this.
# shellcheck disable=SC2154

preset=${LUNARGATE_PRESET:-dev}
jobs=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
rest=()

# Takes "--preset P" out of the arguments and leaves the others in $rest.
parse_preset() {
    rest=()
    while (($# > 0)); do
        case $1 in
        --preset=*) preset=${1#*=} ;;
        --preset)
            (($# > 1)) || die "--preset wants a name: dev, release, headless, asan or tsan"
            preset=$2
            shift
            ;;
        *) rest+=("$1") ;;
        esac
        shift
    done
}

program() { echo "$project/build/$preset/lunargate"; }

# Configures again when something that CMake does not watch has changed: the presets, the options or the environment.
configure() {
    local folder=$project/build/$preset options=() key
    options+=("-DLUNARGATE_WERROR=$([[ ${CI:-} == true ]] && echo ON || echo OFF)")
    prepare_environment
    key="$environment ${root##*/} ${options[*]} $(sha256sum <"$project/CMakePresets.json")"
    [[ ! -f $folder/build.ninja || $(cat "$folder/.configured" 2>/dev/null) != "$key" ]] || return 0
    mkdir -p "$folder"
    rm -f "$folder/.configured"
    [[ $environment == "$(cut -d' ' -f1 "$folder/.environment" 2>/dev/null)" ]] || options+=(--fresh)
    quiet "$folder/configure.log" inside cmake -S "$project" --preset "$preset" "${options[@]}" ||
        die "CMake could not configure the preset '$preset'"
    echo "$environment" >"$folder/.environment"
    echo "$key" >"$folder/.configured"
}

# build TARGET...: builds the chosen preset.
build() {
    local begin=$SECONDS arguments=(--build "$project/build/$preset" -j "$jobs")
    (($# == 0)) || arguments+=(--target "$@")
    configure
    if [[ -t 1 ]]; then
        inside cmake "${arguments[@]}"
    else
        NINJA_STATUS='[%f/%t] ' inside cmake "${arguments[@]}" | sparse_progress
    fi
    say "built $preset in $((SECONDS - begin)) s"
}

# Without a terminal: of ninja's status lines, one per tenth of the work.
sparse_progress() {
    local line last=0 tenth pattern='^\[([0-9]+)/([0-9]+)\] '
    while IFS= read -r line; do
        if [[ $line =~ $pattern ]]; then
            tenth=$((10 * BASH_REMATCH[1] / BASH_REMATCH[2]))
            ((tenth > last)) || continue
            last=$tenth
            line="${BASH_REMATCH[0]}steps"
        elif [[ $line == 'ninja: no work to do.' ]]; then
            continue
        fi
        printf '%s\n' "$line"
    done
}

command_build() {
    parse_preset "$@"
    build "${rest[@]}"
}

command_run() {
    build
    enter "$(program)" --no-gui "$@"
}

command_exec() {
    [[ -x $(program) ]] || die "there is no $(program) yet: run ./dev build first"
    enter "$(program)" "$@"
}

command_test() {
    parse_preset "$@"
    local filter=()
    if [[ $preset == tsan ]]; then
        # The thread sanitizer reports false races as soon as Qt's event loop runs.
        filter=(-L tsan)
        build tsan_tests
    else
        build
    fi
    enter ctest --test-dir "$project/build/$preset" --output-on-failure --no-tests=error -j "$jobs" "${filter[@]}" "${rest[@]}"
}

command_bench() {
    preset=release
    case ${1:-} in
    --parts)
        build part_benchmarks
        enter "$project/build/release/bench/part_benchmarks" "${@:2}"
        ;;
    --counts)
        build part_benchmarks
        enter "$project/tests/bench/part_counts" "${@:2}"
        ;;
    *)
        build lunargate bench_load bench_upstream
        enter "$project/tests/bench/run" "$@"
        ;;
    esac
}

command_soak() {
    (($# > 0)) || die "./dev soak wants the time, for example: ./dev soak 60 (minutes)"
    preset=release
    build lunargate
    enter "$project/tests/soak/run" "$@"
}

command_screenshots() {
    preset=dev
    build ui_screenshots
    export QT_QPA_PLATFORM=offscreen
    enter "$project/build/dev/tests/ui/ui_screenshots" "$project/docs/images"
}

# Each target on its own, so that one that fails hides no other.
command_fuzz() {
    local seconds=60 targets=() target name findings failed=()
    while (($# > 0)); do
        case $1 in
        --seconds)
            [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "--seconds wants a number above 0"
            seconds=$2
            shift
            ;;
        -*) die "./dev fuzz knows no $1: [--seconds N] [TARGET...]" ;;
        *) targets+=("$1") ;;
        esac
        shift
    done
    preset=fuzz
    build fuzz_targets
    findings=$project/build/fuzz/findings
    mkdir -p "$findings"
    ((${#targets[@]} > 0)) || mapfile -t targets < <(cd "$project/tests/fuzz/corpus" && printf '%s\n' *)
    for name in "${targets[@]}"; do
        target=$project/build/fuzz/tests/fuzz/fuzz_$name
        [[ -x $target ]] || die "there is no fuzz target '$name'"
        mkdir -p "$project/build/fuzz/corpus/$name"
        say "$name for $seconds s"
        inside "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 \
            -artifact_prefix="$findings/$name-" "$project/build/fuzz/corpus/$name" "$project/tests/fuzz/corpus/$name" \
            >"$findings/$name.log" 2>&1 || failed+=("$name")
        tail -n 4 "$findings/$name.log"
    done
    ((${#failed[@]} == 0)) || die "failed: ${failed[*]}; the inputs and logs are in $findings"
}

command_shell() {
    (($# > 0)) || set -- bash -i
    enter "$@"
}

command_setup() {
    prepare_environment
    if [[ $environment == system ]]; then
        say "ready: builds with the system's own Qt"
    else
        say "ready: builds in $root"
    fi
}

command_lint() {
    preset=dev
    configure
    enter "$project/scripts/lint" "$@"
}

command_format() { enter "$project/scripts/lint" --format; }

command_clean() {
    rm -rf "$project/build"
    [[ ${1:-} == --all ]] || return 0
    # By name: $cache is whatever LUNARGATE_CACHE says.
    rm -rf --one-file-system "$cache"/root-* "$cache"/.making-* "$cache"/{ccache,lint} "$cache"/{apt,root,bwrap}.log
    rm -f "$cache/setup.lock"
    rmdir --ignore-fail-on-non-empty "$cache"
}
