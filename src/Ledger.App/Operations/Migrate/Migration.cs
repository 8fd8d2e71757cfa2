namespace Ledger.App.Operations.Migrate;

/// <summary>One step of the database's layout. Once released it never changes: a later step corrects it.</summary>
/// <param name="Name">Its identity for ever; steps run in the order of the program's list, not of their names.</param>
/// <param name="Sql">Statements that may run in one transaction.</param>
internal sealed record Migration(string Name, string Sql);
