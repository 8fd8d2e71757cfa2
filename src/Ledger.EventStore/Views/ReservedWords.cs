using System.Text.RegularExpressions;

namespace Ledger.EventStore.Views;

/// <summary>Which names stand in SQL as they are. Views are read by people and by other programs: names that need quotes do them no good.</summary>
internal static partial class ReservedWords
{
    // PostgreSQL's reserved words, those that may name functions and types included; columns that every table has; and our own.
    private static readonly HashSet<string> Words = [.. """
        all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
        concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp
        current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike
        in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null
        offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric
        system_user table tablesample then to trailing true union unique user using variadic verbose when where window with ctid xmin xmax
        cmin cmax tableoid to_position
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    public static bool CanName(string name) => Identifier().IsMatch(name) && !Words.Contains(name);

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,39}$")]
    private static partial Regex Identifier();
}
