# Sourced by the two commands of the README: installs what building, running and testing need, where it is missing.
# Debian and its relatives; elsewhere install the same by hand: a C and C++ compiler, make, m4, Rust by rustup, and for
# the tests sollya and Python with NumPy.

equiripple_setup() {
    local wanted="" pair as_root=""
    for pair in gcc:gcc g++:g++ make:make m4:m4 curl:curl sollya:sollya python3:python3; do
        command -v "${pair%%:*}" >/dev/null 2>&1 || wanted="$wanted ${pair##*:}"
    done
    python3 -c 'import numpy' >/dev/null 2>&1 || wanted="$wanted python3-numpy"
    if [ -n "$wanted" ]; then
        [ "$(id -u)" = 0 ] || as_root=sudo
        $as_root apt-get update -qq &&
            DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends \
                ca-certificates libc6-dev $wanted >/dev/null || return 1
    fi
    # A Python that is not Debian's does not see Debian's NumPy.
    python3 -c 'import numpy' >/dev/null 2>&1 || python3 -m pip install -q numpy || return 1
    if ! command -v cargo >/dev/null 2>&1; then
        [ -r "$HOME/.cargo/env" ] ||
            curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal || return 1
        . "$HOME/.cargo/env"
    fi
}

equiripple_setup
