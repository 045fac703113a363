//! The picture of a plan in the README: a real screen, drawn as SVG.
//!
//! `SUBTUNE_SCREENS=accept cargo test --test it -- picture::` draws it anew.

use std::path::PathBuf;

use crate::screens::masked;
use crate::support::{Run, Stage};

/// Width of a character and height of a line, in pixels.
const CELL: (usize, usize) = (8, 18);
/// Around the text.
const MARGIN: usize = 16;

/// What the sequences of the tones stand for, as classes of the picture.
const CLASSES: [(&str, &str); 6] = [
    ("\u{1b}[32m", "good"),
    ("\u{1b}[33m", "notice"),
    ("\u{1b}[31m", "bad"),
    ("\u{1b}[36m", "doubt"),
    ("\u{1b}[2m", "faint"),
    ("\u{1b}[1m", "strong"),
];

/// Colours for both grounds.
const STYLE: &str = "\
  text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; }
  text, tspan { white-space: pre; }
  .ground { fill: #f6f8fa; } .good { fill: #1a7f37; } .notice { fill: #9a6700; }
  .bad { fill: #cf222e; } .doubt { fill: #1b7c83; } .faint { fill: #6e7781; }
  .strong { font-weight: bold; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .ground { fill: #161b22; } .good { fill: #3fb950; }
    .notice { fill: #d29922; } .bad { fill: #f85149; } .doubt { fill: #39c5cf; }
    .faint { fill: #8b949e; }
  }
";

/// A screen with colours as a picture.
fn svg(screen: &str) -> String {
    let lines: Vec<&str> = screen.lines().collect();
    let plain = anstream::adapter::strip_str(screen).to_string();
    let columns = plain.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let (width, height) = (columns * CELL.0 + 2 * MARGIN, lines.len() * CELL.1 + 2 * MARGIN);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"A plan on a terminal\">\n\
         <style>\n{STYLE}</style>\n\
         <rect class=\"ground\" width=\"100%\" height=\"100%\" rx=\"6\"/>\n"
    );
    let mut class = None;
    for (number, line) in lines.iter().enumerate() {
        let y = MARGIN + (number + 1) * CELL.1 - 5;
        text.push_str(&format!("<text x=\"{MARGIN}\" y=\"{y}\">"));
        let mut rest = *line;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("\u{1b}[0m") {
                (class, rest) = (None, after);
                continue;
            }
            let found =
                CLASSES.iter().find_map(|(code, name)| Some((*name, rest.strip_prefix(code)?)));
            if let Some((name, after)) = found {
                (class, rest) = (Some(name), after);
                continue;
            }
            let end = rest.find('\u{1b}').unwrap_or(rest.len());
            let (piece, after) = rest.split_at(end);
            assert!(!piece.is_empty(), "an unknown sequence: {rest:?}");
            let piece = piece.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            text.push_str(&match class {
                Some(class) => format!("<tspan class=\"{class}\">{piece}</tspan>"),
                None => piece,
            });
            rest = after;
        }
        text.push_str("</text>\n");
    }
    text.push_str("</svg>\n");
    text
}

#[test]
fn the_picture_of_a_plan_is_a_real_screen() {
    let stage = Stage::with_chain();
    let line = "plan 46 --profile subnet13-aligned";
    let mut command = stage.command(&format!("{line} --color always"));
    let run = Run::of(command.env("COLUMNS", "80").output().unwrap());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let screen = format!("$ subtune {line}\n{}", run.stdout);
    // A time like any other.
    let screen = masked(&stage, &screen).replace("<TIME>", "2026-11-26 22:30");
    let drawn = svg(&screen);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/plan.svg");
    if std::env::var_os("SUBTUNE_SCREENS").is_some_and(|what| what == "accept") {
        std::fs::write(&path, &drawn).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == drawn,
        "the picture shows another plan; if the new one is meant, run the tests `picture::` once with \
         SUBTUNE_SCREENS=accept"
    );
}
