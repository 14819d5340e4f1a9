//! Runs a transaction and tells how the database went about each of its queries.

use super::{Row, Transact, Tx, Value};
use crate::StoreError;

/// A query with the plan that the database has for it, a line for each step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    pub statement: String,
    pub plan: Vec<String>,
}

impl Explained {
    /// Whether a table of this name or alias is read from end to end without an index.
    pub fn scans(&self, table: &str, alias: &str) -> bool {
        // SQLite names what stands for a table by its alias too.
        let is_view = format!("CO-ROUTINE {alias}");
        if self.plan.contains(&is_view) {
            return false;
        }
        self.plan.iter().any(|line| {
            let line = line.trim_start_matches([' ', '-', '>']);
            let sqlite = line.strip_prefix("SCAN ").is_some_and(|rest| {
                let mut words = rest.split(' ');
                let name = words.next();
                (name == Some(table) || name == Some(alias)) && !rest.contains("INDEX")
            });
            let postgres =
                line.contains("Seq Scan on ") && line.split(' ').any(|word| word == table);
            sqlite || postgres
        })
    }
}

/// Asks for plans beside running the queries.
#[derive(Debug)]
pub(super) struct Explaining<'a> {
    pub(super) inner: &'a mut dyn Transact,
    pub(super) seen: Vec<Explained>,
}

impl Transact for Explaining<'_> {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        self.inner.execute(sql, parameters)
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.inner.batch(sql)
    }

    fn each(
        &mut self,
        sql: &str,
        parameters: &[Value],
        visit: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (explain, column) = if self.inner.is_postgres() {
            ("EXPLAIN", 0)
        } else {
            ("EXPLAIN QUERY PLAN", 3)
        };
        let mut plan = Vec::new();
        self.inner
            .each(&format!("{explain} {sql}"), parameters, &mut |row| {
                plan.push(row.text(column)?.to_owned());
                Ok(())
            })?;
        self.seen.push(Explained {
            statement: sql.to_owned(),
            plan,
        });
        self.inner.each(sql, parameters, visit)
    }

    fn is_postgres(&self) -> bool {
        self.inner.is_postgres()
    }
}

impl Tx<'_> {
    /// Runs `work` and tells its queries with their plans.
    pub fn explain<T>(
        &mut self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<(T, Vec<Explained>), StoreError> {
        let mut explaining = Explaining {
            inner: &mut *self.0,
            seen: Vec::new(),
        };
        let done = work(&mut Tx(&mut explaining))?;
        Ok((done, explaining.seen))
    }
}
