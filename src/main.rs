//! Parses the command line, runs the command, tells the exit code.

fn main() -> std::process::ExitCode {
    careerd::cli::main()
}
