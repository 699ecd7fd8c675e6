//! A Whisker that gives what it is told to.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{JoinHandle, spawn};

use serde_json::{Value, json};

/// A flow of the example cluster, of so many ports, with what policies decided.
pub(crate) fn flow(port: u16, policies: &Value) -> Value {
    json!({
        "start_time": "2026-11-20T10:00:00Z", "end_time": "2026-11-20T10:00:15Z", "action": "Allow",
        "source_name": "frontend-6b6f669b9b-*", "source_namespace": "storefront", "source_labels": "",
        "dest_name": "vault-*", "dest_namespace": "payments", "dest_labels": "", "protocol": "tcp",
        "dest_port": 8000 + port, "reporter": "Src", "policies": policies,
        "packets_in": 1, "packets_out": 1, "bytes_in": 100, "bytes_out": 20
    })
}

/// A Whisker that gives these answers, one after the other. Says in the end what it was asked.
pub(crate) fn whisker(answers: Vec<Value>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serve = move || {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            asked.push(first_line(&stream));
            let body = answer.to_string();
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
            .unwrap();
        }
        asked
    };
    (address, spawn(serve))
}

fn first_line(stream: &TcpStream) -> String {
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    lines.find(String::is_empty);
    first
}
