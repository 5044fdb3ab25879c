//! Is a licence expression (SPDX) satisfied by a list of licences?

/// True if the expression allows a choice of licences that are all in `allowed`. What cannot be read is not allowed.
pub fn allows(expression: &str, allowed: &[String]) -> bool {
    // Older packages write "MIT/Apache-2.0" and mean OR.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut tokens: Vec<&str> = spaced.split_ascii_whitespace().rev().collect();
    let answer = any(&mut tokens, allowed);
    answer == Some(true) && tokens.is_empty()
}

/// `OR` binds least. The next token is the last of the vector.
fn any(tokens: &mut Vec<&str>, allowed: &[String]) -> Option<bool> {
    let mut answer = all(tokens, allowed)?;
    while tokens.pop_if(|token| *token == "OR").is_some() {
        answer |= all(tokens, allowed)?;
    }
    Some(answer)
}

fn all(tokens: &mut Vec<&str>, allowed: &[String]) -> Option<bool> {
    let mut answer = one(tokens, allowed)?;
    while tokens.pop_if(|token| *token == "AND").is_some() {
        answer &= one(tokens, allowed)?;
    }
    Some(answer)
}

fn one(tokens: &mut Vec<&str>, allowed: &[String]) -> Option<bool> {
    match tokens.pop()? {
        "(" => {
            let answer = any(tokens, allowed)?;
            (tokens.pop()? == ")").then_some(answer)
        }
        ")" | "AND" | "OR" | "WITH" => None,
        licence if tokens.pop_if(|token| *token == "WITH").is_some() => {
            let with_exception = format!("{licence} WITH {}", tokens.pop()?);
            Some(allowed.contains(&with_exception))
        }
        licence => Some(allowed.iter().any(|known| known == licence)),
    }
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn an_expression_is_allowed_if_one_choice_is_allowed_in_full() {
        let list: Vec<String> =
            ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].into_iter().map(String::from).collect();
        let table = [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT OR GPL-3.0-only", true),
            ("GPL-2.0-only/MIT", true),
            ("GPL-2.0-only / BSL-1.0", false),
            ("MIT AND Unicode-3.0", true),
            ("MIT AND GPL-3.0-only", false),
            ("(MIT OR GPL-3.0-only) AND Unicode-3.0", true),
            ("(MIT OR Apache-2.0) AND GPL-3.0-only", false),
            ("GPL-3.0-only AND MIT OR MIT", true),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0", true),
            ("Apache-2.0 WITH Other-exception", false),
            ("Apache-2.0", false),
            ("", false),
            ("(MIT", false),
            ("MIT MIT", false),
            ("MIT OR", false),
        ];
        for (expression, expected) in table {
            assert_eq!(allows(expression, &list), expected, "{expression}");
        }
    }
}
