//! `motcua-server tokens`.

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::Target;
use crate::http::wire::{AddToken, AddedToken, TokenList};
use crate::tokens::TokenKind;
use motcua_sync::access::segment;

/// Tokens for people and programs.
#[derive(Debug, Subcommand)]
pub(super) enum Tokens {
    /// Show the tokens, without the secrets.
    List {
        #[command(flatten)]
        target: Target,
    },
    /// Make a token. It is shown once.
    New(New),
    /// Revoke a token.
    Revoke {
        /// Its id.
        id: String,
        #[command(flatten)]
        target: Target,
    },
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// Whose it is, in words.
    name: String,
    /// admin, operator, author, auditor or alert.
    #[arg(long, default_value_t = TokenKind::Author)]
    kind: TokenKind,
    /// Id or name of the unit that it counts for, with those below it.
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    target: Target,
}

impl Tokens {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { target } => list(&target),
            Self::New(new) => new.run(),
            Self::Revoke { id, target } => {
                let path = format!("/api/v1/tokens/{}", segment(&id));
                target.access()?.delete::<()>(&path)?;
                println!("The token {id} counts no longer.");
                Ok(())
            }
        }
    }
}

fn list(target: &Target) -> anyhow::Result<()> {
    let list: TokenList = target.access()?.get("/api/v1/tokens")?;
    for token in list.tokens {
        let unit = token
            .unit
            .map_or("everywhere".to_owned(), |unit| unit.to_string());
        let made = Timestamp::from_second(token.made_at)
            .map_or_else(|_| String::new(), |at| at.to_string());
        println!(
            "{}  {}  {unit}  {}  {made}",
            token.id, token.kind, token.name
        );
    }
    Ok(())
}

impl New {
    fn run(self) -> anyhow::Result<()> {
        let wanted = AddToken {
            name: self.name,
            kind: self.kind,
            unit: self.unit,
        };
        let added: AddedToken = self.target.access()?.post("/api/v1/tokens", &wanted)?;
        eprintln!(
            "The token {} of {} ({}); it is not shown again:",
            added.id, wanted.name, wanted.kind
        );
        // Alone on the standard output, so that a script can keep it.
        println!("{}", added.token);
        Ok(())
    }
}
