//! A message the sink has taken.

/// Envelope and content, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which connection it came over, counted from 1.
    pub connection: usize,
    /// The envelope sender, empty for the null sender.
    pub from: String,
    /// The envelope recipients that were taken.
    pub recipients: Vec<String>,
    /// The content as it was before dot-stuffing, lines ended by CR LF.
    pub data: Vec<u8>,
    /// Did our positive reply leave? If not, the client cannot know that we took it.
    pub confirmed: bool,
}

impl Message {
    /// The content as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.data).into_owned()
    }

    /// The value of the first header field of that name, folded lines joined; encoded words stay encoded.
    pub fn header(&self, name: &str) -> Option<String> {
        let text = self.text();
        let head = text.split_once("\r\n\r\n").map_or(text.as_str(), |(head, _)| head);
        let mut value: Option<String> = None;
        for line in head.split("\r\n") {
            match &mut value {
                Some(value) if line.starts_with([' ', '\t']) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                Some(_) => break,
                None => {
                    if let Some((field, rest)) = line.split_once(':')
                        && field.eq_ignore_ascii_case(name)
                    {
                        value = Some(rest.trim().to_owned());
                    }
                }
            }
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_joins_folded_lines_and_ignores_the_body() {
        let message = Message {
            connection: 1,
            from: String::new(),
            recipients: Vec::new(),
            data: b"From: a@b\r\nSubject: one\r\n two\r\nX: y\r\n\r\nBody: no\r\n".to_vec(),
            confirmed: true,
        };
        assert_eq!(message.header("subject").unwrap(), "one two");
        assert_eq!(message.header("body"), None);
    }
}
