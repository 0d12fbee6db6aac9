#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A Debian 13 folder with the packages of packages.txt, for systems whose own Qt is too old: made once by mmdebstrap,
# entered with bwrap. It is read-only and never changed: another package list makes another root. Sourced by ./dev.
# shellcheck disable=SC2154

readonly suite=trixie
# Part of a root's name: raise it when a change below must make everybody's root anew.
readonly root_format=1

root=$cache/root-$({
    echo "$root_format $suite $(uname -m)"
    awk '!/^#/ && NF { print $1 }' "$project/scripts/packages.txt"
} | sha256sum | cut -c1-12)

# The machine's own Debian mirror, as apt reads it from its sources; nothing on other distributions.
machine_mirror() {
    local codename
    codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    grep -qx 'ID=debian' /etc/os-release || return 0
    # shellcheck disable=SC2016 # apt's variables, not the shell's
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' 2>/dev/null |
        awk -v codename="$codename" '
            $3 == "main" && ($2 == codename || $2 == "stable") && ($4 == "Debian" || $1 ~ /\/debian\/?$/) { print $1; exit }'
}

# The settings with which apt reaches its mirrors here (proxies, certificates, retries).
machine_apt_settings() {
    apt-config dump 2>/dev/null | grep -E '^Acquire::(https?::|Check-|Retries)' || true
    echo 'Acquire::Retries "3";'
}

prepare_root() {
    can_enter_root
    [[ -d $root ]] || make_root
}

can_enter_root() {
    local tools=()
    command -v bwrap >/dev/null || tools+=(bubblewrap)
    if [[ ! -d $root ]]; then
        command -v mmdebstrap >/dev/null || tools+=(mmdebstrap)
        [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || tools+=(debian-archive-keyring)
        ((EUID == 0)) || command -v newuidmap >/dev/null || tools+=(uidmap)
    fi
    if ((${#tools[@]} > 0)); then
        command -v apt-get >/dev/null ||
            die "this system has no Qt $qt_minimum (missing: $(missing_packages | tr '\n' ' '))." \
                "Install those, or install ${tools[*]} so that ./dev can make a Debian root to build in."
        install_packages "${tools[@]}"
    fi
    bwrap --bind / / true 2>"$cache/bwrap.log" || explain_bwrap_failure
}

explain_bwrap_failure() {
    sed 's/^/dev: /' "$cache/bwrap.log" >&2
    say "this system's own Qt is older than $qt_minimum, and bwrap may not make the name spaces that ./dev builds in."
    if ((EUID == 0)); then
        die "In a container, allow it to (docker run --privileged, or --cap-add SYS_ADMIN --security-opt seccomp=unconfined" \
            "--security-opt apparmor=unconfined), or start from an image with Qt $qt_minimum, such as Debian 13."
    fi
    die "Allow user name spaces (sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu," \
        "sudo sysctl kernel.unprivileged_userns_clone=1 on Debian), or run ./dev as root."
}

# Makes the root under another name and renames it when it is whole. Only one ./dev at a time does this.
make_root() {
    local making log=$cache/root.log mirror settings begin=$SECONDS
    rm -rf --one-file-system "$cache"/.making-*
    making=$(mktemp -d "$cache/.making-XXXXXX")
    # shellcheck disable=SC2064 # the folder as it is now
    trap "rm -rf --one-file-system '$making'" EXIT
    trap 'exit 130' INT TERM HUP
    settings=$making/apt.conf
    mirror=${LUNARGATE_MIRROR:-$(machine_mirror)}
    say "making a Debian $suite root with Qt to build in; once, in about a minute on a quick network (details: $log)"
    machine_apt_settings >"$settings"
    if ! (download_root "$making" "$settings" "$mirror" >"$log" 2>&1); then
        tail -n 25 "$log" >&2
        die "the Debian $suite root could not be made; the whole output is in $log." \
            "Check the network and the proxy settings, or name another Debian mirror in LUNARGATE_MIRROR."
    fi
    mv "$making/root" "$root"
    rm -rf "$making"
    trap - EXIT INT TERM HUP
    say "the root is ready in $root ($((SECONDS - begin)) s)"
}

# download_root FOLDER SETTINGS MIRROR: puts a root into FOLDER/root.
download_root() {
    local making=$1 settings=$2 mirror=$3 packages
    packages=$(package_names | paste -sd,)
    local options=(--variant=apt --components=main "--include=$packages" "--aptopt=$settings"
        --aptopt='APT::Install-Recommends "false"' --dpkgopt=force-unsafe-io
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*'
        --dpkgopt='path-exclude=/usr/share/locale/*' --skip=output/dev)
    mkdir "$making/root"
    if ((EUID == 0)); then
        mmdebstrap --mode=root "${options[@]}" "$suite" "$making/root" ${mirror:+"$mirror"} </dev/null
    else
        # Through an archive, so that every file belongs to who runs this and can be removed again.
        mmdebstrap "${options[@]}" --format=tar "$suite" - ${mirror:+"$mirror"} </dev/null |
            tar -x --no-same-owner --exclude='./dev/*' -C "$making/root"
    fi
    rm -f "$making"/root/etc/apt/apt.conf.d/99mmdebstrap
    [[ -x $making/root/usr/bin/cmake ]]
}

# What the program sees: /usr, /etc and /var of the root; every other folder is the host's own, under its own name.
# Sets the array $view to bwrap's arguments.
describe_view() {
    view=(--dev-bind /dev /dev --bind /proc /proc --ro-bind /sys /sys --ro-bind "$root/usr" /usr)
    local entry name
    for name in bin sbin lib lib32 lib64 libx32; do
        [[ ! -L $root/$name ]] || view+=(--symlink "$(readlink "$root/$name")" "/$name")
    done
    for entry in /*; do
        case ${entry#/} in
        usr | bin | sbin | lib | lib32 | lib64 | libx32 | etc | var | dev | proc | sys | boot | lost+found) ;;
        *) show_host_entry "$entry" ;;
        esac
    done
    view+=(--ro-bind "$root/etc" /.root/etc --bind /etc /.host/etc --ro-bind "$root/var" /.root/var --bind /var/lib /.host/var/lib)
    merge /etc resolv.conf hosts hostname passwd group localtime timezone machine-id
    merge /var/lib
    for entry in /var/*; do
        [[ $entry == /var/lib ]] || show_host_entry "$entry"
    done
    [[ ! -d /usr/local/etc ]] || view+=(--ro-bind /usr/local/etc /usr/local/etc)
    show_certificates
}

show_host_entry() {
    if [[ -L $1 ]]; then
        view+=(--symlink "$(readlink "$1")" "$1")
    else
        view+=(--bind-try "$1" "$1")
    fi
}

# merge FOLDER NAME...: the root's entries of FOLDER, and the host's where the root has none or where NAMEd.
# Links instead of mounts: a mount costs time for each entry. Only what holds the project or the user's files is mounted.
merge() {
    local folder=$1 entry name
    shift
    for entry in "$root$folder"/*; do
        name=${entry##*/}
        [[ " $* ssl " == *" $name "* ]] || view+=(--symlink "$(link_target "$entry" "/.root$folder/$name")" "$folder/$name")
    done
    for entry in "$folder"/*; do
        name=${entry##*/}
        if [[ " $* " == *" $name "* ]]; then
            [[ ! -e $entry ]] || view+=(--ro-bind "$(readlink -f "$entry")" "$entry")
        elif [[ -e $root$entry || -L $root$entry ]]; then
            continue
        elif [[ "$project/" == "$entry"/* || "$HOME/" == "$entry"/* || "$PWD/" == "$entry"/* ]]; then
            view+=(--bind "$entry" "$entry")
        else
            view+=(--symlink "$(link_target "$entry" "/.host$entry")" "$entry")
        fi
    done
}

link_target() { if [[ -L $1 ]]; then readlink "$1"; else echo "$2"; fi; }

# The certificates that the host trusts are trusted inside too, also those that only the environment names.
show_certificates() {
    local bundle variable file
    view+=(--ro-bind "$root/etc/ssl" /etc/ssl)
    if [[ -r /etc/ssl/certs/ca-certificates.crt && -d /usr/share/ca-certificates ]]; then
        for file in /etc/ssl/certs /usr/share/ca-certificates /usr/local/share/ca-certificates; do
            [[ ! -d $file ]] || view+=(--ro-bind "$file" "$file")
        done
    else
        for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem; do
            [[ ! -r $bundle ]] || break
        done
        [[ ! -r $bundle ]] || view+=(--ro-bind "$(readlink -f "$bundle")" /etc/ssl/certs/ca-certificates.crt)
    fi
    for variable in SSL_CERT_FILE CURL_CA_BUNDLE NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE GIT_SSL_CAINFO; do
        file=${!variable:-}
        if [[ $file == /usr/* && -r $file ]]; then
            view+=(--ro-bind "$file" "/.host/certificates/$variable" --setenv "$variable" "/.host/certificates/$variable")
        fi
    done
}

# Replaces this shell by a command inside the root. bwrap itself would stay between the two as a parent that dies of a
# signal and takes the command with it; so bwrap only sets the view up and holds it until this process has moved into it.
enter_root() {
    case $project/ in
    /usr/* | /etc/* | /boot/*) die "the project cannot be built from a folder under /usr, /etc or /boot: move it elsewhere" ;;
    esac
    local view ready gate holder user=()
    describe_view
    ((EUID == 0)) || user=(--user --preserve-credentials)
    exec {ready}<> <(:) {gate}<> <(:)
    # shellcheck disable=SC2016 # expanded by the inner shells
    (bwrap "${view[@]}" -- /usr/bin/bash -c 'echo "$$" >&"$1"; read -r -t 60 -u "$2" _' hold "$ready" "$gate" ||
        echo failed >&"$ready") &
    read -r -t 60 -u "$ready" holder || holder=failed
    if [[ $holder == failed ]]; then
        bwrap --bind / / true 2>"$cache/bwrap.log" || explain_bwrap_failure
        die "bwrap could not set up the root in $root; ./dev clean --all removes it, and the next run makes it anew"
    fi
    unset LD_PRELOAD LD_LIBRARY_PATH QT_PLUGIN_PATH PYTHONHOME PYTHONPATH PERL5LIB NODE_PATH
    # A locale of the host need not exist inside, and Qt wants UTF-8.
    export LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin LUNARGATE_BUILD_IN=system
    # shellcheck disable=SC2016
    exec nsenter --target "$holder" "${user[@]}" --mount -- /usr/bin/bash -c '
        cd "$1" 2>/dev/null || cd "$2" || exit
        gate=$3 ready=$4
        shift 4
        echo >&"$gate"
        exec "$@" {gate}>&- {ready}>&-' enter "$PWD" "$project" "$gate" "$ready" "$@"
}
