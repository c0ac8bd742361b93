// Statements, queries, expressions: everything of Flink's dialect that a user may write, also what Weir refuses by name later.
// Precedence is a rule per level. Almost every choice is decided by one token, which keeps ANTLR's prediction (and its
// start-up cost) out of the way; the exceptions say so.
parser grammar WeirParser;

options { tokenVocab = WeirLexer; }

// ---- statements --------------------------------------------------------------------------------

// One statement; the text is cut at `;` before (compiler/syntax/parse.cpp).
statement: statementBody EOF;

statementBody
  : create
  | drop
  | insert
  | query
  | setOption
  | resetOption
  | statementSet
  | explain
  | show
  | describe
  ;

create: CREATE TEMPORARY? (createTable | createView | createFunction);

createTable
  : TABLE ifNotExists? qualifiedName (LEFT_PAREN tableElement (COMMA tableElement)* RIGHT_PAREN)?
    comment? partitionedBy? tableOptions? tableLike? (AS query)?
  ;
createView
  : VIEW ifNotExists? qualifiedName (LEFT_PAREN identifierList RIGHT_PAREN)? comment? AS query
  ;
createFunction: SYSTEM? FUNCTION ifNotExists? qualifiedName (AS anything*)?;

ifNotExists: IF NOT EXISTS;
ifExists: IF EXISTS;
comment: COMMENT STRING;
partitionedBy: PARTITIONED BY balanced;
tableLike: LIKE qualifiedName balanced?;
tableOptions: WITH LEFT_PAREN option (COMMA option)* RIGHT_PAREN;
option: STRING EQUAL STRING;

tableElement: watermark | primaryKey | column;
watermark: WATERMARK FOR identifier AS expression;
primaryKey: (CONSTRAINT identifier)? PRIMARY KEY LEFT_PAREN identifierList RIGHT_PAREN (NOT ENFORCED)?;
column: identifier (AS expression | typeName metadata? inlineKey?) comment?;
metadata: METADATA (FROM STRING)? VIRTUAL?;
inlineKey: PRIMARY KEY (NOT ENFORCED)?;

drop: DROP TEMPORARY? SYSTEM? (TABLE | VIEW | FUNCTION) ifExists? qualifiedName;

// The list of columns or the query's own parenthesis: two tokens decide.
insert: INSERT (INTO | OVERWRITE) qualifiedName (LEFT_PAREN identifierList RIGHT_PAREN)? query;

setOption: SET option?;
resetOption: RESET STRING?;

statementSet
  : EXECUTE STATEMENT SET BEGIN (insert SEMICOLON)+ END
  | BEGIN STATEMENT SET SEMICOLON (insert SEMICOLON)+ END
  ;

explain: EXPLAIN (PLAN FOR)? (insert | query | statementSet);
show: SHOW (TABLES | VIEWS | FUNCTIONS | CREATE TABLE qualifiedName);
describe: (DESCRIBE | DESC) TABLE? qualifiedName;

// ---- queries -----------------------------------------------------------------------------------

query: withClause? setOperation orderBy? limit?;
withClause: WITH commonTable (COMMA commonTable)*;
commonTable: identifier (LEFT_PAREN identifierList RIGHT_PAREN)? AS LEFT_PAREN query RIGHT_PAREN;

setOperation: intersection ((UNION | EXCEPT) (ALL | DISTINCT)? intersection)*;
intersection: queryPrimary (INTERSECT (ALL | DISTINCT)? queryPrimary)*;
queryPrimary
  : select
  | values
  | LEFT_PAREN query RIGHT_PAREN
  ;
values: VALUES expression (COMMA expression)*;

orderBy: ORDER BY orderItem (COMMA orderItem)*;
orderItem: expression (ASC | DESC)? (NULLS identifier)?;
limit
  : LIMIT (expression | ALL) offset?
  | offset fetch?
  | fetch
  ;
offset: OFFSET expression identifier?;
fetch: FETCH identifier NUMBER? identifier identifier;

select
  : SELECT (DISTINCT | ALL)? selectItem (COMMA selectItem)*
    (FROM tableReference (COMMA tableReference)*)?
    (WHERE expression)?
    (GROUP BY groupItem (COMMA groupItem)*)?
    (HAVING expression)?
    windowClause?
  ;
// `t.*` is the expression `t` followed by `.*`.
selectItem: STAR | expression (DOT_STAR | AS? identifier)?;
groupItem: expression | GROUPING SETS balanced;
windowClause: WINDOW anyIdentifier AS balanced | QUALIFY expression;

tableReference: tablePrimary join*;
join
  : joinKind JOIN tablePrimary (ON expression | USING LEFT_PAREN identifierList RIGHT_PAREN)?
  ;
joinKind: NATURAL? (INNER | (LEFT | RIGHT | FULL) OUTER?)? | CROSS;

tablePrimary: tableSource unsupportedTable? (AS? identifier (LEFT_PAREN identifierList RIGHT_PAREN)?)?;
tableSource
  : identifier (callArguments | (DOT identifier)*)
  | TABLE LEFT_PAREN identifier callArguments RIGHT_PAREN
  // A query or a joined table in parentheses: prediction reads as far as it must.
  | LEFT_PAREN (query | tableReference) RIGHT_PAREN
  | LATERAL TABLE? balanced
  ;
unsupportedTable
  : FOR SYSTEM_TIME AS identifier expression
  | TABLESAMPLE identifier? balanced
  | MATCH_RECOGNIZE balanced
  ;

// ---- expressions -------------------------------------------------------------------------------

expression: conjunction (OR conjunction)*;
conjunction: negation (AND negation)*;
negation: NOT negation | predicate;
predicate: sum predicateTail*;
predicateTail
  : comparison sum
  | IS NOT? (NULL_ | TRUE | FALSE | UNKNOWN | DISTINCT FROM sum)
  | NOT? (
      BETWEEN (SYMMETRIC | ASYMMETRIC)? sum AND sum
      | IN LEFT_PAREN (subQuery | expression (COMMA expression)*) RIGHT_PAREN
      | (LIKE | SIMILAR TO) sum (ESCAPE STRING)?
    )
  ;
comparison: EQUAL | NOT_EQUAL | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL;
sum: product ((PLUS | MINUS) product)*;
product: factor ((STAR | SLASH | PERCENT | CONCAT) factor)*;
factor: (PLUS | MINUS) factor | primary;

primary
  : literal
  | interval
  | caseExpression
  | (CAST | TRY_CAST) LEFT_PAREN expression AS typeName RIGHT_PAREN
  | EXTRACT LEFT_PAREN identifier FROM expression RIGHT_PAREN
  | (TIMESTAMPDIFF | TIMESTAMPADD) LEFT_PAREN identifier (COMMA expression)* RIGHT_PAREN
  | (FLOOR | CEIL | CEILING) LEFT_PAREN expression (TO identifier | (COMMA expression)*) RIGHT_PAREN
  | SUBSTRING LEFT_PAREN expression (FROM expression (FOR expression)? | (COMMA expression)*) RIGHT_PAREN
  | trim
  | POSITION LEFT_PAREN sum IN sum RIGHT_PAREN
  | EXISTS LEFT_PAREN query RIGHT_PAREN
  | LEFT_PAREN (subQuery | expression (COMMA expression)*) RIGHT_PAREN
  | identifier (callArguments filter? over? | (DOT identifier)*)
  ;
// A query that is seen to be one by its first word.
subQuery: withClause? (select | values) (
    (UNION | EXCEPT | INTERSECT) (ALL | DISTINCT)? queryPrimary
  )* orderBy? limit?;

literal
  : NUMBER
  | STRING
  | TRUE
  | FALSE
  | NULL_
  | (DATE | TIME | TIMESTAMP) STRING
  ;
interval: INTERVAL (PLUS | MINUS)? STRING unit (RANGE_TO unit)?;
unit: identifier (LEFT_PAREN NUMBER (COMMA NUMBER)? RIGHT_PAREN)?;
caseExpression: CASE expression? when+ (ELSE expression)? END;
when: WHEN expression THEN expression;
trim
  : TRIM LEFT_PAREN (
      (BOTH | LEADING | TRAILING) expression? FROM expression
      | expression (FROM expression | (COMMA expression)*)
    ) RIGHT_PAREN
  ;

callArguments
  : LEFT_PAREN (STAR | (DISTINCT | ALL)? argument (COMMA argument)*)? RIGHT_PAREN
  ;
argument: (ARGUMENT_NAME ARROW)? (tableArgument | descriptor | expression);
// `PARTITION BY a, b`: a name after the comma goes on with the list (two tokens decide).
tableArgument
  : TABLE (qualifiedName | LEFT_PAREN query RIGHT_PAREN)
    (PARTITION BY partitionColumns)?
  ;
partitionColumns
  : LEFT_PAREN identifierList RIGHT_PAREN
  | identifier (COMMA identifier)*
  ;
descriptor: DESCRIPTOR LEFT_PAREN identifierList RIGHT_PAREN;
filter: FILTER LEFT_PAREN WHERE expression RIGHT_PAREN;
over: OVER (balanced | anyIdentifier);

// ---- types and names ---------------------------------------------------------------------------

typeName: typeBase (NOT NULL_ | NULL_)?;
typeBase
  : INTERVAL unit (RANGE_TO unit)?
  | identifier (PRECISION | VARYING)? typeArguments? ((ZONE_WITH LOCAL? | WITHOUT) TIME ZONE)?
  ;
typeArguments
  : LEFT_PAREN typeArgument (COMMA typeArgument)* RIGHT_PAREN
  | LESS typeArgument (COMMA typeArgument)* GREATER
  ;
// (10, 2), <INT>, <name STRING, amount INT>
typeArgument: NUMBER | typeName typeName? comment?;

qualifiedName: identifier (DOT identifier)*;
identifierList: identifier (COMMA identifier)*;
identifier: IDENTIFIER | QUOTED_IDENTIFIER;
anyIdentifier: IDENTIFIER | QUOTED_IDENTIFIER;

// What is refused whole: its inside only has to balance.
balanced: LEFT_PAREN (balanced | ~(LEFT_PAREN | RIGHT_PAREN))* RIGHT_PAREN;
anything: ~SEMICOLON;
