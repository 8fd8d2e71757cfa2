using Spectre.Console;

namespace Ledger.App.CommandLine;

/// <summary>Tables of plain text. What the ledger holds is never read as mark-up.</summary>
internal static class Tables
{
    public static Table Of(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))));
        return table;
    }

    public static Table Row(this Table table, params string?[] cells)
    {
        table.AddRow(cells.Select(cell => new Text(cell ?? "")));
        return table;
    }

    /// <summary>Names and values, those without a value left out.</summary>
    public static void WriteFacts(this IAnsiConsole console, params (string Name, string? Value)[] facts)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in facts.Where(fact => !string.IsNullOrEmpty(fact.Value)))
            grid.AddRow(new Text(name, new Style(foreground: Color.Grey)), new Text(value!));
        console.Write(grid);
    }

    public static void WriteHeading(this IAnsiConsole console, string heading)
    {
        console.WriteLine();
        console.Write(new Text(heading, new Style(decoration: Decoration.Bold)));
        console.WriteLine();
    }

    /// <summary>Tells that a list goes on, and how.</summary>
    public static void WriteNext(this IAnsiConsole console, string? next, string option)
    {
        if (next is not null)
            console.WriteLine($"There is more: {option} {next}");
    }
}
