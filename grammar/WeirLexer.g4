// Tokens of Weir's SQL. The lexer works on bytes: characters above 127 are letters.
//
// Words are one token, IDENTIFIER. Which words are keywords stands under `tokens`, and nowhere else: a token's name is
// the keyword in upper case (NULL_ because C++ has a NULL). compiler/syntax/words.cpp turns an IDENTIFIER into its keyword; most keywords are such only in
// their place (`FILTER` after `)` and before `(`), so that columns may be called `filter`, `key`, `offset`, `date`.
lexer grammar WeirLexer;

@members {
  static const antlr4::dfa::Vocabulary& vocabulary() { return _vocabulary; }
}

tokens {
  // Reserved: names only in backquotes.
  ALL, AND, AS, BETWEEN, CASE, CREATE, DISTINCT, ELSE, END, EXCEPT, FALSE, FOR, FROM, GROUP, HAVING, IN,
  INSERT, INTERSECT, IS, JOIN, LIKE, NOT, NULL_, ON, OR, ORDER, SELECT, TABLE, THEN, TO, TRUE, UNION, VALUES,
  WHEN, WHERE, WITH,
  // Keywords in their place only (compiler/syntax/words.cpp).
  ASC, ASYMMETRIC, BEGIN, BOTH, BY, CAST, CEIL, CEILING, COMMENT, CONSTRAINT, CROSS, DATE, DESC, DESCRIBE, DESCRIPTOR, DROP, ENFORCED, ESCAPE,
  EXECUTE, EXISTS, EXPLAIN, EXTRACT, FETCH, FILTER, FLOOR, FULL, FUNCTION, FUNCTIONS, GROUPING, IF, INNER, INTERVAL, INTO, KEY,
  LATERAL, LEADING, LEFT, LIMIT, LOCAL, MATCH_RECOGNIZE, METADATA, NATURAL, NULLS, OFFSET, OUTER, OVER, OVERWRITE, PARTITION,
  PARTITIONED, PLAN, POSITION, PRECISION, PRIMARY, QUALIFY, RESET, RIGHT, SET, SETS, SHOW, SIMILAR, STATEMENT, SUBSTRING,
  SYMMETRIC, SYSTEM, SYSTEM_TIME, TABLES, TABLESAMPLE, TEMPORARY, TIME, TIMESTAMP, TIMESTAMPADD, TIMESTAMPDIFF, TRAILING,
  TRIM, TRY_CAST, UNKNOWN, USING, VARYING, VIEW, VIEWS, VIRTUAL, WATERMARK, WINDOW, WITHOUT, ZONE,
  // `name` of `name => value`; `TO` of `INTERVAL '1 2' DAY TO HOUR`; `WITH` of `TIMESTAMP WITH LOCAL TIME ZONE`.
  ARGUMENT_NAME, RANGE_TO, ZONE_WITH
}

SEMICOLON: ';';
COMMA: ',';
LEFT_PAREN: '(';
RIGHT_PAREN: ')';
DOT_STAR: '.' SPACE? '*';
DOT: '.';
ARROW: '=>';
EQUAL: '=';
NOT_EQUAL: '<>' | '!=';
LESS_EQUAL: '<=';
GREATER_EQUAL: '>=';
LESS: '<';
GREATER: '>';
PLUS: '+';
MINUS: '-';
STAR: '*';
SLASH: '/';
PERCENT: '%';
CONCAT: '||';

NUMBER: DIGIT+ ('.' DIGIT*)? EXPONENT? | '.' DIGIT+ EXPONENT?;
STRING: '\'' (~'\'' | '\'\'')* '\'';
IDENTIFIER: LETTER (LETTER | DIGIT)*;
QUOTED_IDENTIFIER: '`' (~'`' | '``')* '`';

SPACE: [ \t\r\n\f]+ -> skip;
LINE_COMMENT: '--' ~[\r\n]* -> skip;
HINT: '/*+' .*? '*/';
BLOCK_COMMENT: '/*' .*? '*/' -> skip;

// What people write by mistake, each with its own message (compiler/syntax/scan_tokens.cpp).
DOUBLE_QUOTED: '"' (~["\r\n] | '""')* '"';
DOUBLE_EQUAL: '==';
DOUBLE_COLON: '::';
BAD_NUMBER: DIGIT+ LETTER (LETTER | DIGIT)*;
UNCLOSED_STRING: '\'' (~'\'' | '\'\'')*;
UNCLOSED_IDENTIFIER: '`' (~'`' | '``')*;
UNCLOSED_COMMENT: '/*' (~'*' | '*'+ ~[*/])* '*'*;
OTHER: .;

fragment DIGIT: [0-9];
fragment LETTER: [a-zA-Z_$\u0080-\u00FF];
fragment EXPONENT: [eE] [+\-]? DIGIT+;
