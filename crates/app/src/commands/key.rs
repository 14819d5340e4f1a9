//! `lynkeus key`: creates, lists and disables access keys.

use std::io::{self, Write as _};

use anyhow::{Context as _, Result, ensure};
use store::{
    Engine,
    keys::{self, Role},
};

use crate::{
    cli::Cli,
    cli_up::{Key, KeyCommand},
    clock, config, master,
};

/// Carries out the subcommand; false if there was no key to disable.
pub(crate) fn run(cli: &Cli, arguments: &Key) -> Result<bool> {
    let data_dir = config::data_dir(cli.data_dir.as_deref())?;
    let engine = store::open(&config::store_address(
        arguments.store.as_deref(),
        &data_dir,
    )?)?;
    match &arguments.command {
        KeyCommand::Create { account, role } => {
            let role = Role::parse(role).context("--role: expected admin or reader")?;
            let master = master::open(&data_dir)?;
            let now = clock::milliseconds();
            let key = engine.write(|tx| keys::create(tx, &master, account, role, now))?;
            // The secret is shown here and nowhere else.
            write(&format!(
                "aws_access_key_id = {}\naws_secret_access_key = {}\n",
                key.id, key.secret
            ))?;
            Ok(true)
        }
        KeyCommand::List { account } => {
            write(&listed(&engine, account.as_deref())?)?;
            Ok(true)
        }
        KeyCommand::Disable { id } => {
            let now = clock::milliseconds();
            let disabled = engine.write(|tx| keys::disable(tx, id, now))?;
            ensure!(disabled, "no key {id} is in use");
            Ok(true)
        }
    }
}

fn listed(engine: &Engine, account: Option<&str>) -> Result<String> {
    let keys = engine.read(|tx| keys::list(tx, account))?;
    let lines = keys.iter().map(|key| {
        let created = store::keep::timestamp(key.created_at);
        let state = match key.disabled_at {
            Some(at) => format!("disabled {}", store::keep::timestamp(at)),
            None => "in use".to_owned(),
        };
        format!(
            "{}  {}  {:<6}  created {created}  {state}\n",
            key.id,
            key.account,
            key.role.name()
        )
    });
    Ok(lines.collect())
}

fn write(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .context("write to standard output")
}
