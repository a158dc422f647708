//! How text stands in Markdown: cut, escaped, quoted.

/// The first characters of a text. Cutting comes before escaping.
pub(super) fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// A text as a table's cell: one line, and no bar in it that would end the cell.
pub(super) fn cell(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut backslashes = 0;
    for sign in text.chars() {
        match sign {
            '|' => {
                // A run of backslashes before the bar must be odd, or they would escape each other.
                if backslashes % 2 == 1 {
                    shown.push('\\');
                }
                shown.push_str("\\|");
            }
            '\n' | '\r' => shown.push(' '),
            _ => shown.push(sign),
        }
        backslashes = if sign == '\\' { backslashes + 1 } else { 0 };
    }
    shown
}

/// A text as code. Backticks in it get a longer fence; of nothing there is no code.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|sign| sign != '`').map(str::len).max().unwrap_or_default();
    if longest == 0 {
        return format!("`{text}`");
    }
    let fence = "`".repeat(longest + 1);
    let pad = |edge: bool| if edge { " " } else { "" };
    let (before, after) = (pad(text.starts_with('`')), pad(text.ends_with('`')));
    format!("{fence}{before}{text}{after}{fence}")
}

/// The first of some texts joined by commas, and how many more there are: `a, b (+3 more)`.
pub(super) fn capped(texts: &[String], most: usize, more: &str) -> String {
    let shown = texts
        .iter()
        .take(most)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    match texts.len().saturating_sub(most) {
        0 => shown,
        rest => format!("{shown} (+{rest}{more})"),
    }
}
