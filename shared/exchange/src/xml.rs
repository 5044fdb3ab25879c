//! Writes XML: nothing but elements, attributes and escaped text.

use quick_xml::escape::escape;

/// A document that is being written.
#[derive(Debug)]
pub struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// Begins with the outermost element.
    pub fn new(root: &'static str, attributes: &[(&str, &str)]) -> Self {
        let mut xml = Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() };
        xml.open(root, attributes);
        xml
    }

    /// Opens an element.
    pub fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.text.push('\n');
        self.open.push(name);
    }

    /// Closes the element that was opened last.
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.text.push_str(&format!("</{name}>\n"));
        }
    }

    /// An element that holds a text.
    pub fn leaf(&mut self, name: &'static str, attributes: &[(&str, &str)], text: impl ToString) {
        self.start(name, attributes);
        // Characters that XML cannot hold never get past the types of our texts.
        self.text.push_str(&escape(text.to_string()));
        self.text.push_str(&format!("</{name}>\n"));
    }

    /// Elements around a text, from the outside in.
    pub fn nested(&mut self, names: &[&'static str], leaf: &'static str, text: impl ToString) {
        for name in names {
            self.open(name, &[]);
        }
        self.leaf(leaf, &[], text);
        for _ in names {
            self.close();
        }
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            self.text.push_str(&format!(" {name}=\"{}\"", escape(*value)));
        }
        self.text.push('>');
    }

    fn indent(&mut self) {
        self.text.push_str(&"  ".repeat(self.open.len()));
    }

    /// The document.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_attributes_stay_texts() {
        let mut xml = Xml::new("a", &[("b", "\"<&>'")]);
        xml.nested(&["c"], "d", "</d><!DOCTYPE x> & ]]>");
        assert_eq!(
            xml.finish(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&quot;&lt;&amp;&gt;&apos;\">\n  <c>\n    \
             <d>&lt;/d&gt;&lt;!DOCTYPE x&gt; &amp; ]]&gt;</d>\n  </c>\n</a>\n"
        );
    }
}
