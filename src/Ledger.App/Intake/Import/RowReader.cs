using System.Globalization;
using Ledger.App.Intake.Announce;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.Import;

/// <summary>Turns rows into announcements of one deal each. A row is its own quote, and its line the place.</summary>
internal sealed class RowReader
{
    private readonly ImportMapping _mapping;
    private readonly Table _table;

    /// <exception cref="InputException">The mapping names a column that the table does not have, or lacks what a deal needs.</exception>
    public RowReader(string where, ImportMapping mapping, Table table)
    {
        _mapping = mapping;
        _table = table;
        if (mapping.CompanyName is null && mapping.CompanyId is null)
            throw new InputException(where, "names neither companyName nor companyId");
        foreach (var (line, column) in Columns(mapping))
        {
            if (!table.Headings.Contains(column))
                throw new InputException($"{where}, line {line}", $"'{column}' is no column of {table.Path}; it has {string.Join(", ", table.Headings)}");
        }
    }

    /// <exception cref="InvalidValueException">The row cannot be recorded; the message names the column.</exception>
    public (PartyAnnouncement[] Parties, DealAnnouncement Deal) Read(Row row)
    {
        if (row.Problem is { } problem)
            throw new InvalidValueException("row", problem);
        var where = $"{_table.Path}, line {row.Line}";
        var (company, name, words) = Company(row);
        var parties = new List<PartyAnnouncement> { new(company, new PartyCommand.Register(name, []), [], where) };
        var claims = new List<ClaimFields> { new() { Company = company.Value, Words = words } };
        var round = CellOf(row, _mapping.Round?.Column);
        var (kind, status) = (Always(row, _mapping.Kind, "round"), Always(row, _mapping.Status, "announced"));
        // What stands for every row has no cell of its own, and borrows the words of the round.
        claims.Add(new ClaimFields { Kind = kind.Value, Words = kind.Words ?? round?.Words ?? words });
        claims.Add(new ClaimFields { Status = status.Value, Words = status.Words ?? round?.Words ?? words });
        if (round is { } axes)
            claims.Add(new ClaimFields { Round = _mapping.Round!.Values.GetValueOrDefault(axes.Value) ?? new RoundFields(), Words = axes.Words });
        var amount = CellOf(row, _mapping.Amount?.Column);
        if (amount is { } sum)
            claims.Add(new ClaimFields { Amount = Amount(row, sum.Value), Words = sum.Words });
        var date = CellOf(row, _mapping.Announced?.Column);
        if (date is { } day)
            claims.Add(new ClaimFields { Announced = Date(day.Value), Words = day.Words });
        if (Mapped(row, _mapping.Sector) is { } sector)
            claims.Add(new ClaimFields { Sector = Names.Slugify(sector.Value), Words = sector.Words });
        if (Mapped(row, _mapping.Place) is { } place)
            claims.Add(new ClaimFields { Place = place.Value, Words = place.Words });
        foreach (var (investor, role) in Investors(row))
        {
            var id = new PartyId(Names.Slugify(Repaired(investor), _mapping.IdPrefix));
            if (parties.TrueForAll(party => party.Id != id))
                parties.Add(new PartyAnnouncement(id, new PartyCommand.Register(Repaired(investor), []), [], where));
            claims.Add(new ClaimFields { Investor = id.Value, Role = role, Words = investor });
        }
        var deal = new DealId(Names.Slugify(string.Join('-', company, round?.Value, date?.Value, amount?.Value ?? "undisclosed")));
        var quote = new Quote(row.Raw, 1, row.Start, row.Line);
        return ([.. parties], new DealAnnouncement(deal, new DealCommand.Announce(_table.Source.Id,
            [.. claims.Select(claim => ClaimReader.Read(claim, _table.Source.Id, $"deal {deal}", () => quote))]), where));
    }

    private (PartyId Id, string Name, string Words) Company(Row row)
    {
        var key = Mapped(row, _mapping.CompanyId);
        var named = Mapped(row, _mapping.CompanyName);
        if (named is { } lost && _mapping.NoName.Contains(lost.Value))
            named = null;
        if ((named ?? key) is not { } known)
            throw new InvalidValueException(_mapping.CompanyName?.Column ?? _mapping.CompanyId!.Column ?? "companyName", "is empty; a deal without a company is not recorded");
        var tail = key?.Value[(key.Value.Value.LastIndexOf('/') + 1)..];
        var name = Repaired(named?.Value ?? tail!);
        return (new PartyId(Names.Slugify(tail ?? name, _mapping.IdPrefix)), name, known.Words);
    }

    private AmountFields Amount(Row row, string cell)
    {
        var column = _mapping.Amount!.Column!;
        if (!decimal.TryParse(cell, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var figure))
            throw new InvalidValueException(column, $"'{cell}' is no sum in whole units, such as 1500000");
        var currency = Mapped(row, _mapping.Amount.Currency)?.Value ?? _mapping.Amount.Currency?.Always
            ?? throw new InvalidValueException(column, "has no currency");
        return new AmountFields { Qualifier = "exact", Currency = currency, Low = figure, High = figure };
    }

    private string Date(string cell) =>
        _mapping.Announced!.FirstOfJanuaryIsTheYear && cell.Length == 10 && cell.EndsWith("-01-01", StringComparison.Ordinal) ? cell[..4] : cell;

    private IEnumerable<(string Name, string Role)> Investors(Row row) =>
        from column in _mapping.Investors
        from name in CellOf(row, column.Column)?.Words.Split(column.Separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? []
        select (name, column.Role ?? "participant");

    private string Repaired(string name) => _mapping.RepairNames ? Names.Repair(name) : name;

    /// <summary>The row's cell, or what stands for every row, which has no words.</summary>
    private static (string Value, string? Words) Always(Row row, ColumnMapping? mapping, string otherwise) =>
        Mapped(row, mapping) is { } cell ? (cell.Value, cell.Words) : (mapping?.Always ?? otherwise, null);

    private static Cell? Mapped(Row row, ColumnMapping? mapping) =>
        CellOf(row, mapping?.Column) is { } cell ? cell with { Value = mapping!.Values.GetValueOrDefault(cell.Value, cell.Value) } : null;

    /// <summary>Null where there is no such column, or nothing in it.</summary>
    private static Cell? CellOf(Row row, string? column) =>
        column is not null && row.Cells[column] is { Words.Length: > 0 } cell ? cell : null;

    private static IEnumerable<(long Line, string Column)> Columns(ImportMapping mapping)
    {
        ColumnMapping?[] columns = [mapping.CompanyName, mapping.CompanyId, mapping.Kind, mapping.Status, mapping.Amount?.Currency, mapping.Sector, mapping.Place];
        return columns.Select(column => (column?.Line ?? 0, column?.Column))
            .Append((mapping.Round?.Line ?? 0, mapping.Round?.Column))
            .Append((mapping.Amount?.Line ?? 0, mapping.Amount?.Column))
            .Append((mapping.Announced?.Line ?? 0, mapping.Announced?.Column))
            .Concat(mapping.Investors.Select(investor => (investor.Line, investor.Column)))
            .Where(column => column.Item2 is not null).Select(column => (column.Item1, column.Item2!));
    }
}
