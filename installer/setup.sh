# Shared by ./run, ./test and .ci/run: installs what Linnet needs on Debian 12 and builds a preset.
# Sourced, not executed; expects LINNET_ROOT to name the checkout.

# The first word of each line of debian-packages.txt, comments and other sections left out.
linnet_packages() {
    awk -v wanted="$1" '/^\[/ { section = $1; next } section == "[" wanted "]" && NF && $1 !~ /^#/ { print $1 }' \
        "$LINNET_ROOT/installer/debian-packages.txt"
}

# linnet_install SECTION...: installs the missing packages of these sections. Asks for nothing and
# touches the network only if something is missing.
linnet_install() {
    local missing=() package
    for package in $(for section in "$@"; do linnet_packages "$section"; done); do
        if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
            missing+=("$package")
        fi
    done
    [ "${#missing[@]}" -eq 0 ] && return 0
    if ! command -v apt-get >/dev/null; then
        echo "Linnet needs these Debian packages, and this system has no apt-get: ${missing[*]}" >&2
        return 1
    fi
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Linnet needs to install packages: run this as root or install sudo. Missing: ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "Installing ${#missing[@]} packages: ${missing[*]}" >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2 &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get -qq install -y --no-install-recommends "${missing[@]}" >&2
}

# linnet_build PRESET [TARGET...]: configures once and builds.
linnet_build() {
    local preset=$1 targets=()
    shift
    [ "$#" -gt 0 ] && targets=(--target "$@")
    cd "$LINNET_ROOT" || return 1
    if [ ! -f "build/$preset/build.ninja" ]; then
        cmake --preset "$preset" >&2 || return 1
    fi
    cmake --build "build/$preset" "${targets[@]}" >&2
}
